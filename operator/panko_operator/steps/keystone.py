"""What Keystone knows: the service user and the service early, the endpoints last of all.

What an earlier spec made goes after the endpoints: until then pods may still be using the user of before.
"""

import dataclasses

from panko_operator.errors import KeystoneError
from panko_operator.observe import Observation
from panko_operator.steps import secrets
from panko_operator.steps.context import Pass, done
from panko_operator.steps.registration import Registration
from panko_operator.world import KeystoneAdmin, Login, Made, Owner, ServiceUser


def service_user(this: Pass) -> Observation:
    """Have the user that validates tokens, and the service that the endpoints will belong to."""
    keystone = this.panko.spec.keystone
    login = _login(this)
    before = remembered(this)
    this.service_user = user_of(this, login)
    account = this.world.keystone.ensure_service_user(this.keystone_admin, this.service_user)
    this.registration = before.registered(keystone.auth_url, account)
    if account.changed:
        this.note("ServiceUserSetUp", f"Keystone user {login.username} was set up in {keystone.service_project}.")
    if not keystone.publish:
        return done("Registered", f"Keystone knows the user {login.username}.")
    this.service_id = this.world.keystone.ensure_service(this.keystone_admin)
    return done("Registered", f"Keystone knows the service and the user {login.username}.")


def endpoints(this: Pass) -> Observation:
    """Publish the endpoints. It is the last step that clients notice: the API has answered by now."""
    registration = this.registration or remembered(this)
    publish = _published if this.panko.spec.keystone.publish else _withdrawn
    seen, ids = publish(this, known=registration.present.endpoint_ids)
    registration = registration.published(ids)
    _remove_former(this, registration)
    this.registration = registration.cleared()
    return seen


def remembered(this: Pass) -> Registration:
    """Return what the status remembers of Keystone."""
    return Registration.read(this.previous, this.panko.spec.keystone.auth_url)


def owner(this: Pass) -> Owner:
    """Return how things in Keystone are marked as this Panko's."""
    return Owner(this.world.kube.cluster_id(), this.owner, this.panko.uid)


def user_of(this: Pass, login: Login) -> ServiceUser:
    """Return the service user that the spec asks for."""
    keystone, before = this.panko.spec.keystone, remembered(this).present
    return ServiceUser(
        username=login.username,
        password=login.password,
        user_domain=keystone.user_domain,
        project=keystone.service_project,
        project_domain=keystone.project_domain,
        roles=keystone.roles,
        owner=owner(this),
        known_id=before.user_id if before.auth_url == keystone.auth_url else "",
    )


def _login(this: Pass) -> Login:
    """Return the login of the service user; the Secret follows another name, for those who read it there."""
    name, username = this.panko.keystone_user_name, this.panko.service_user
    kept = secrets.kept(this, name, {"password": this.world.new_secret, "username": lambda: username})
    login = Login(username, kept["password"])
    if kept["username"] != username:
        secrets.store(this, name, {"username": login.username, "password": login.password})
    return login


def at(admin: KeystoneAdmin, made: Made) -> KeystoneAdmin:
    """Return the same administrator at the Keystone where something was made."""
    return dataclasses.replace(admin, auth_url=made.auth_url)


def _published(this: Pass, *, known: tuple[str, ...]) -> tuple[Observation, tuple[str, ...]]:
    wanted = this.panko.endpoints(this.world.cluster_domain)
    found = this.world.keystone.ensure_endpoints(
        this.keystone_admin, this.service_id, wanted, owner=this.service_user.owner, known=known
    )
    this.endpoints = found
    urls = ", ".join(dict.fromkeys(endpoint.url for endpoint in found))
    if {(one.interface, one.url, one.id) for one in found} != _told(this):
        this.note("EndpointsPublished", f"Published {urls} in region {this.keystone_admin.region}.")
    ids = tuple(one.id for one in found if one.owned)
    return done("Published", f"Region {this.keystone_admin.region} offers events at {urls}."), ids


def _withdrawn(this: Pass, *, known: tuple[str, ...]) -> tuple[Observation, tuple[str, ...]]:
    keystone, owner = this.world.keystone, this.service_user.owner
    if keystone.withdraw_endpoints(this.keystone_admin, owner, known=known, empty_service=False):
        this.note("EndpointsWithdrawn", f"Region {this.keystone_admin.region} no longer offers events of this Panko.")
    this.endpoints = []
    url = this.panko.service_url(this.world.cluster_domain)
    told = f"The catalogue does not have this Panko, as spec.keystone.publish says; ask it at {url}."
    return done("NotPublished", told), ()


def _remove_former(this: Pass, registration: Registration) -> None:
    for former in registration.left():
        try:
            this.world.keystone.remove_former(
                at(this.keystone_admin, former), this.service_user.owner, former=former, kept=registration.present
            )
        except KeystoneError as error:
            users = [f"user {former.user_id}"] if former.user_id else []
            left = ", ".join((*users, *(f"endpoint {id_}" for id_ in former.endpoint_ids)))
            told = f"What an earlier spec made in Keystone is left behind; remove it there by hand ({left}): {error}"
            this.note("LeftBehind", told, warning=True)


def _told(this: Pass) -> set[tuple[str, str, str]]:
    return {(one["interface"], one["url"], one["id"]) for one in this.previous.get("endpoints", [])}
