"""What Keystone knows: the service user and the service early, the endpoints last of all.

What an earlier spec or a rotation has made goes in the last step of all: pods may still be using the user of before.
"""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager

from panko_operator.accounts import application, logins, rotation
from panko_operator.accounts.credential import Credential, Retired
from panko_operator.corrections import KEYSTONE_USER
from panko_operator.errors import KeystoneError, KeystoneLoginRefusedError, KeystoneUnreachableError
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Facts, Inputs, Published, Registered
from panko_operator.passes.step import Note, Outcome, done, failed
from panko_operator.resource.registration import Registration
from panko_operator.world.values import Account, Endpoint, KeystoneAdmin, Login, Made, ServiceUser


def service_user(context: Context, facts: Facts) -> Outcome:
    """Have the user that validates tokens, and the service that the endpoints will belong to."""
    with _naming_the_secret(context):
        return _register(context, facts)


def _register(context: Context, facts: Facts) -> Outcome:
    spec, server, admin = context.panko.spec.keystone, context.world.keystone, facts[Inputs].keystone
    held = _held(context, admin)
    by = application.held(context, admin, held.user, user_id=held.account.id)
    held = dataclasses.replace(held, notes=(*held.notes, *by.notes), hindrance=held.hindrance or by.hindrance)
    registration = remembered(context).registered(spec.auth_url, held.account, retired=held.retired)
    status = {"keystone": registration.as_status(), **logins.told(context)}
    try:
        with context.correcting() as noted:
            service_id = server.ensure_service(admin, correcting=noted) if spec.publish else None
    except KeystoneError as error:  # the user that was made is remembered all the same
        return Outcome(failed(error), status=status, notes=held.notes)
    named = f"the user {held.user.username}"
    seen = done("Registered", f"Keystone knows {f'the service and {named}' if spec.publish else named}.")
    user = dataclasses.replace(held.user, application=by.login)
    fact = Registered(user, service_id, registration, held.account.identity_url, held.account.id, held.hindrance)
    return Outcome(seen, fact, status=status, notes=held.notes)


@dataclasses.dataclass(frozen=True, slots=True)
class _Held:
    """The service user that there is, those by id that it has followed, and what people are told of it."""

    user: ServiceUser
    account: Account
    retired: frozenset[str] = frozenset()
    notes: tuple[Note, ...] = ()
    hindrance: KeystoneError | None = None


def _held(context: Context, admin: KeystoneAdmin) -> _Held:
    """Have the service user and, where one is to follow it, that one; until it works all goes on with the present."""
    slot, spec = logins.keystone_slot(context), context.panko.spec.keystone
    credential = logins.kept(context, slot).identified(remembered(context).present.user_id, spec.auth_url)
    logins.write(context, slot, credential)
    user = user_of(context, credential.present)
    context.leave_fought_over(KEYSTONE_USER, user.username)
    with context.correcting() as noted:
        account = context.world.keystone.ensure_service_user(admin, user, correcting=noted)
    set_up = Note("ServiceUserSetUp", f"Keystone user {user.username} was set up in {spec.service_project}.")
    held = _Held(user, account, credential.user_ids, (set_up,) if account.changed else ())
    if credential.next is None:
        return held
    if not account.owned:
        logins.write(context, slot, credential.cancelled())
        return dataclasses.replace(held, notes=(*held.notes, rotation.borrowed(context)))
    try:
        return _follow(context, admin, held, credential=credential)
    except KeystoneUnreachableError:
        raise
    except KeystoneError as error:
        return dataclasses.replace(held, hindrance=error)


def _follow(context: Context, admin: KeystoneAdmin, before: _Held, *, credential: Credential) -> _Held:
    """Make the next user with its roles, try it, and let it be the present one; both work from here on."""
    server, slot = context.world.keystone, logins.keystone_slot(context)
    user = dataclasses.replace(user_of(context, credential.next or credential.present), known_id="")
    account = server.ensure_service_user(admin, user)
    server.check_login(admin, user)
    url = context.panko.spec.keystone.auth_url
    promoted = credential.promoted(context.world.now(), user_id=before.account.id, auth_url=url)
    logins.write(context, slot, promoted)
    note = rotation.followed(context, "keystone", before.user.username, by=user.username)
    return _Held(user, account, promoted.user_ids, (*before.notes, note))


def endpoints(context: Context, facts: Facts) -> Outcome:
    """Publish the endpoints. It is the last step that clients notice: the API has answered by now."""
    publish = _publish if context.panko.spec.keystone.publish else _withdraw
    with _naming_the_secret(context):
        outcome, found = publish(context, facts)
    owned = tuple(one.id for one in found if one.owned)
    registration = facts[Registered].registration.published(owned)
    written = [{"interface": one.interface, "url": one.url, "id": one.id} for one in found]
    status = {"keystone": registration.as_status(), "endpoints": written}
    return dataclasses.replace(outcome, fact=Published(registration), status=status)


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


def delete_retired(context: Context, admin: KeystoneAdmin, user: ServiceUser, *, retired: Retired) -> None:
    """Delete a user that another has followed, where it was made; by its name when no id is known."""
    there = at(admin, Made(retired.auth_url or admin.auth_url))
    former = dataclasses.replace(user, username=retired.account, known_id=retired.user_id, application=None)
    context.world.keystone.delete_service_user(there, former)


def delete_application(context: Context, admin: KeystoneAdmin, *, retired: Retired, user_id: str) -> tuple[Note, ...]:
    """Delete an application credential where it was made: of the user `user_id` when no other one is known.

    Return a note when it has to be left, in a Keystone that the spec no longer names.
    """
    there, owner = at(admin, Made(retired.auth_url or admin.auth_url)), context.owner()
    user_id = retired.user_id or user_id
    try:
        context.world.keystone.delete_application_credential(there, owner, user_id=user_id, name=retired.account)
    except KeystoneError as error:
        if there.auth_url == admin.auth_url:
            raise
        return (_left_behind(f"application credential {retired.account} of user {user_id}", error),)
    return ()


def at(admin: KeystoneAdmin, made: Made) -> KeystoneAdmin:
    """Return the same administrator at the Keystone where something was made."""
    return dataclasses.replace(admin, auth_url=made.auth_url)


def _publish(context: Context, facts: Facts) -> tuple[Outcome, list[Endpoint]]:
    registered, admin = facts[Registered], facts[Inputs].keystone
    if registered.service_id is None:  # it was looked up where endpoints are published
        raise ValueError("no service to publish endpoints of")
    wanted = context.panko.endpoints(context.world.cluster_domain)
    with context.correcting() as noted:
        found = context.world.keystone.ensure_endpoints(
            admin,
            registered.service_id,
            wanted,
            owner=registered.user.owner,
            known=registered.registration.present.endpoint_ids,
            correcting=noted,
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


def remove_former(context: Context, facts: Facts, former: Made) -> tuple[Note, ...]:
    """Remove what an earlier spec made; return a note when it has to be left."""
    admin, owner, kept = facts[Inputs].keystone, context.owner(), facts[Published].registration.present
    try:
        context.world.keystone.remove_former(at(admin, former), owner, former=former, kept=kept)
    except KeystoneError as error:
        users = [f"user {former.user_id}"] if former.user_id else []
        ids = ", ".join((*users, *(f"endpoint {id_}" for id_ in former.endpoint_ids)))
        return (_left_behind(ids, error),)
    return ()


def _left_behind(what: str, error: KeystoneError) -> Note:
    message = f"What an earlier spec made in Keystone is left behind; remove it there by hand ({what}): {error}"
    return Note("LeftBehind", message, warning=True)


def _published_before(context: Context) -> set[tuple[str, str, str]]:
    return {(one["interface"], one["url"], one["id"]) for one in context.previous.get("endpoints", [])}
