"""What Keystone knows: the service user and the service early, the endpoints last of all.

What an earlier spec made goes after the endpoints: until then pods may still be using the user of before.
"""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager

from panko_operator.accounts import logins
from panko_operator.errors import KeystoneError, KeystoneLoginRefusedError
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Facts, Inputs, Registered
from panko_operator.passes.step import Note, Outcome, done, failed
from panko_operator.resource.registration import Registration
from panko_operator.world import Endpoint, KeystoneAdmin, Login, Made, ServiceUser


def service_user(context: Context, facts: Facts) -> Outcome:
    """Have the user that validates tokens, and the service that the endpoints will belong to."""
    with _naming_the_secret(context):
        return _register(context, facts)


def _register(context: Context, facts: Facts) -> Outcome:
    spec, server, admin = context.panko.spec.keystone, context.world.keystone, facts[Inputs].keystone
    user = user_of(context, _login(context))
    account = server.ensure_service_user(admin, user)
    registration = remembered(context).registered(spec.auth_url, account)
    status = {"keystone": registration.as_status()}
    set_up = Note("ServiceUserSetUp", f"Keystone user {user.username} was set up in {spec.service_project}.")
    notes = (set_up,) if account.changed else ()
    try:
        service_id = server.ensure_service(admin) if spec.publish else None
    except KeystoneError as error:  # the user that was made is remembered all the same
        return Outcome(failed(error), status=status, notes=notes)
    known = f"the service and the user {user.username}" if spec.publish else f"the user {user.username}"
    seen = done("Registered", f"Keystone knows {known}.")
    return Outcome(seen, Registered(user, service_id, registration, account.identity_url), status=status, notes=notes)


def endpoints(context: Context, facts: Facts) -> Outcome:
    """Publish the endpoints. It is the last step that clients notice: the API has answered by now."""
    publish = _publish if context.panko.spec.keystone.publish else _withdraw
    with _naming_the_secret(context):
        outcome, found = publish(context, facts)
    owned = tuple(one.id for one in found if one.owned)
    registration = facts[Registered].registration.published(owned)
    left = _remove_former(context, facts, registration)
    written = [{"interface": one.interface, "url": one.url, "id": one.id} for one in found]
    status = {"keystone": registration.cleared().as_status(), "endpoints": written}
    return dataclasses.replace(outcome, status=status, notes=(*outcome.notes, *left))


@contextmanager
def _naming_the_secret(context: Context) -> Iterator[None]:
    """Say of a refused login where it was read: Keystone knows the user's name alone."""
    try:
        yield
    except KeystoneLoginRefusedError as refusal:
        name = context.panko.spec.keystone.admin_secret_name
        raise KeystoneLoginRefusedError(f"{str(refusal).rstrip('.')}, in Secret {name}.") from refusal


def remembered(context: Context) -> Registration:
    """Return what the status remembers of Keystone."""
    return Registration.read(context.previous, context.panko.spec.keystone.auth_url)


def user_of(context: Context, login: Login) -> ServiceUser:
    """Return the service user that the spec asks for."""
    keystone, before = context.panko.spec.keystone, remembered(context).present
    return ServiceUser(
        username=login.username,
        password=login.password,
        user_domain=keystone.user_domain,
        project=keystone.service_project,
        project_domain=keystone.project_domain,
        roles=keystone.roles,
        owner=context.owner(),
        known_id=before.user_id if before.auth_url == keystone.auth_url else "",
    )


def _login(context: Context) -> Login:
    """Return the login of the service user; the Secret follows another name, for those who read it there."""
    slot = logins.keystone_slot(context)
    credential = logins.kept(context, slot)
    logins.write(context, slot, credential)
    return credential.present


def at(admin: KeystoneAdmin, made: Made) -> KeystoneAdmin:
    """Return the same administrator at the Keystone where something was made."""
    return dataclasses.replace(admin, auth_url=made.auth_url)


def _publish(context: Context, facts: Facts) -> tuple[Outcome, list[Endpoint]]:
    registered, admin = facts[Registered], facts[Inputs].keystone
    if registered.service_id is None:  # it was looked up where endpoints are published
        raise ValueError("no service to publish endpoints of")
    found = context.world.keystone.ensure_endpoints(
        admin,
        registered.service_id,
        context.panko.endpoints(context.world.cluster_domain),
        owner=registered.user.owner,
        known=registered.registration.present.endpoint_ids,
    )
    urls = ", ".join(dict.fromkeys(endpoint.url for endpoint in found))
    published = Note("EndpointsPublished", f"Published {urls} in region {admin.region}.")
    notes = () if {(one.interface, one.url, one.id) for one in found} == _published_before(context) else (published,)
    return Outcome(done("Published", f"Region {admin.region} offers events at {urls}."), notes=notes), found


def _withdraw(context: Context, facts: Facts) -> tuple[Outcome, list[Endpoint]]:
    registered, admin = facts[Registered], facts[Inputs].keystone
    known = registered.registration.present.endpoint_ids
    gone = context.world.keystone.withdraw_endpoints(admin, registered.user.owner, known=known, empty_service=False)
    withdrawn = Note("EndpointsWithdrawn", f"Region {admin.region} no longer offers events of this Panko.")
    url = context.panko.service_url(context.world.cluster_domain)
    message = f"The catalogue does not have this Panko, as spec.keystone.publish says; ask it at {url}."
    return Outcome(done("NotPublished", message), notes=(withdrawn,) if gone else ()), []


def _remove_former(context: Context, facts: Facts, registration: Registration) -> list[Note]:
    """Remove what earlier specs made; return a note for each thing that has to be left."""
    admin, owner = facts[Inputs].keystone, facts[Registered].user.owner
    left = []
    for former in registration.left():
        try:
            context.world.keystone.remove_former(at(admin, former), owner, former=former, kept=registration.present)
        except KeystoneError as error:
            left.append(Note("LeftBehind", _by_hand(former, error), warning=True))
    return left


def _by_hand(former: Made, error: KeystoneError) -> str:
    users = [f"user {former.user_id}"] if former.user_id else []
    ids = ", ".join((*users, *(f"endpoint {id_}" for id_ in former.endpoint_ids)))
    return f"What an earlier spec made in Keystone is left behind; remove it there by hand ({ids}): {error}"


def _published_before(context: Context) -> set[tuple[str, str, str]]:
    return {(one["interface"], one["url"], one["id"]) for one in context.previous.get("endpoints", [])}
