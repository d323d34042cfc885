"""What one pass knows: its Panko, the world, and what its steps have found so far."""

import dataclasses

from panko_operator.observe import Observation, State
from panko_operator.resource import Panko, ownership
from panko_operator.steps.registration import Registration
from panko_operator.world import DatabaseAddress, Endpoint, KeystoneAdmin, Login, Manifest, ServiceUser, World


@dataclasses.dataclass(frozen=True, slots=True)
class Note:
    """Something that happened and that people want to see as a Kubernetes Event."""

    reason: str
    message: str
    warning: bool = False


@dataclasses.dataclass(slots=True, repr=False)
class Pass:
    """One pass. What has no default is found by a step, and only later steps read it."""

    panko: Panko
    body: Manifest
    world: World
    notes: list[Note] = dataclasses.field(default_factory=list)
    read: dict[str, str] = dataclasses.field(default_factory=dict)  # what people's Secrets say, by name and key

    # By inputs
    keystone_admin: KeystoneAdmin = dataclasses.field(init=False)
    database_address: DatabaseAddress = dataclasses.field(init=False)
    database_login: Login = dataclasses.field(init=False)  # the administrator's, or the account that was given
    given_passwords: dict[str, tuple[str, str]] = dataclasses.field(init=False)  # of publishers: now, and before
    # By database
    api_login: Login = dataclasses.field(init=False)
    # By schema
    dbsync_name: str = dataclasses.field(init=False)
    # By service_user
    service_user: ServiceUser = dataclasses.field(init=False)
    service_id: str = dataclasses.field(init=False)
    registration: Registration | None = None
    # By config
    config_name: str = dataclasses.field(init=False)
    config_hash: str | None = None
    # By api
    deployment: Manifest | None = None
    # By expose
    haproxy_config_name: str | None = None
    # By endpoints
    endpoints: list[Endpoint] | None = None

    @property
    def image(self) -> str:
        """The service's image: as in the spec, else the operator's own default."""
        return self.panko.spec.image or self.world.panko_image

    @property
    def owner(self) -> str:
        """How things outside of Kubernetes are marked as this Panko's."""
        return f"{self.panko.namespace}/{self.panko.name}"

    @property
    def previous(self) -> Manifest:
        """The status that the last pass left."""
        status: Manifest = self.body.get("status", {})
        return status

    def get(self, api_version: str, kind: str, name: str) -> Manifest | None:
        """Return a live object of the Panko's namespace, or None."""
        return self.world.kube.get(api_version, kind, name, self.panko.namespace)

    def child(self, api_version: str, kind: str, name: str) -> Manifest | None:
        """Return a live child, or None; raise ForeignChildError when there is an object that is not this Panko's."""
        live = self.get(api_version, kind, name)
        if live is not None:
            ownership.require(live, self.panko.uid)
        return live

    def owned(self, api_version: str, kind: str, name: str) -> Manifest | None:
        """Return a live child, or None, also where an object is there that is not this Panko's."""
        live = self.get(api_version, kind, name)
        return live if live is not None and ownership.is_controlled(live, self.panko.uid) else None

    def pods(self, component: str) -> list[Manifest]:
        """Return the pods that look like a component of this Panko's: good for a message, and for nothing else."""
        return self.world.kube.list("v1", "Pod", self.panko.namespace, labels=self.panko.selector(component))

    def children(self, api_version: str, kind: str, component: str) -> list[Manifest]:
        """Return the live children of a component."""
        found = self.world.kube.list(api_version, kind, self.panko.namespace, labels=self.panko.selector(component))
        return [live for live in found if ownership.is_controlled(live, self.panko.uid)]

    def remove(self, api_version: str, kind: str, name: str) -> None:
        """Delete a child that is not wanted; what is not this Panko's is left alone."""
        live = self.owned(api_version, kind, name)
        if live is not None:
            self.world.kube.delete(live)

    def note(self, reason: str, message: str, *, warning: bool = False) -> None:
        """Note what happened, for a Kubernetes Event."""
        self.notes.append(Note(reason, message, warning))


def done(reason: str, message: str) -> Observation:
    """Say that a step has nothing left to do."""
    return Observation(State.DONE, reason, message)
