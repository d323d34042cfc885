"""What Keystone knows: the service user and the service early, the endpoints last of all."""

import dataclasses

from panko_operator.observe import Observation
from panko_operator.steps import secrets
from panko_operator.steps.context import Pass, done
from panko_operator.world import Endpoint, Login, ServiceUser


def service_user(this: Pass) -> Observation:
    """Have the user that validates tokens, and the service that the endpoints will belong to."""
    keystone = this.panko.spec.keystone
    login = secrets.login(this, this.panko.keystone_user_name, keystone.service_user)
    this.service_user = user_of(this, login)
    if this.world.keystone.ensure_service_user(this.keystone_admin, this.service_user):
        this.note("ServiceUserSetUp", f"Keystone user {login.username} was set up in {keystone.service_project}.")
    this.service_id = this.world.keystone.ensure_service(this.keystone_admin)
    return done("Registered", f"Keystone knows the service and the user {login.username}.")


def endpoints(this: Pass) -> Observation:
    """Publish the endpoints. It is the last step that clients notice: the API has answered by now."""
    before = published(this)
    known = {endpoint.interface: endpoint.id for endpoint in before}
    wanted = [
        dataclasses.replace(endpoint, id=known.get(endpoint.interface, ""))
        for endpoint in this.panko.endpoints(this.world.cluster_domain)
    ]
    this.endpoints = this.world.keystone.ensure_endpoints(this.keystone_admin, this.service_id, wanted)
    urls = ", ".join(dict.fromkeys(endpoint.url for endpoint in this.endpoints))
    if this.endpoints != before:
        this.note("EndpointsPublished", f"Published {urls} in region {this.keystone_admin.region}.")
    return done("Published", f"Region {this.keystone_admin.region} offers events at {urls}.")


def published(this: Pass) -> list[Endpoint]:
    """Return the endpoints that the status remembers."""
    return [Endpoint(one["interface"], one["url"], one["id"]) for one in this.previous.get("endpoints", [])]


def user_of(this: Pass, login: Login) -> ServiceUser:
    """Return the service user that the spec asks for."""
    keystone = this.panko.spec.keystone
    return ServiceUser(
        username=login.username,
        password=login.password,
        user_domain=keystone.user_domain,
        project=keystone.service_project,
        project_domain=keystone.project_domain,
        roles=keystone.roles,
        owner=this.owner,
    )
