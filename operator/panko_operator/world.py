"""The injected collaborators of a reconcile, as protocols.

`reconcile` and `steps` see only these; the boundaries (`kube`, `database`, `keystone`, `event_api`) fulfil them, and
the tests' fakes with behaviour do too. Nothing here does anything.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from panko_operator.tenancy import Tenancy

Manifest = dict[str, Any]


class Kube(Protocol):
    """The API server, in one namespace at a time. Raise KubernetesError and its kind."""

    def get(self, api_version: str, kind: str, name: str, namespace: str) -> Manifest | None:
        """Return the live object, or None."""

    def list(self, api_version: str, kind: str, namespace: str, *, labels: Mapping[str, str]) -> list[Manifest]:
        """Return the live objects that carry all labels."""

    def apply(self, manifest: Manifest) -> Manifest:
        """Server-side apply under the field manager `panko-operator`; return the live object.

        Send nothing when the live object already is what the manifest says. Raise ForeignChildError, and write
        nothing, when there is one that the manifest's controller does not control.
        """

    def delete(self, live: Manifest) -> bool:
        """Delete this very object in the background; return False when it is gone already."""

    def patch_status(self, panko: Manifest, status: Manifest) -> None:
        """Write `status` of the Panko; send nothing when it is what the live object says."""

    def add_finalizer(self, panko: Manifest) -> None:
        """Keep the Panko until `remove_finalizer`; send nothing when it is kept already."""

    def remove_finalizer(self, panko: Manifest) -> None:
        """Let the Panko go."""

    def emit(self, panko: Manifest, *, event_type: str, reason: str, message: str) -> None:
        """Record a Kubernetes Event (`event_type` Normal or Warning) about the Panko."""


@dataclasses.dataclass(frozen=True, slots=True)
class Login:
    """A user and a password. The password is never shown."""

    username: str
    password: str = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True, slots=True)
class DatabaseTLS:
    """By what a database server proves who it is, and by what we do. All texts are PEM; the key is never shown.

    Without `verify_name` every server is believed whose certificate the authority signed.
    """

    ca: str
    verify_name: bool
    certificate: str = ""
    key: str = dataclasses.field(repr=False, default="")


@dataclasses.dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """Where a database server listens, and the database on it. `engine` is mysql or postgresql."""

    engine: str
    host: str
    port: int
    name: str
    tls: DatabaseTLS | None = None


class Database(Protocol):
    """A database server's administration. Raise DatabaseError and its kind. Everything is idempotent."""

    def ensure_database(self, address: DatabaseAddress, admin: Login) -> bool:
        """Create the database when absent; return whether it was."""

    def ensure_account(self, address: DatabaseAddress, admin: Login, account: Login, *, role: str) -> bool:
        """Create the account, its password and the grants of a role (schema, api or expirer).

        Return whether anything was changed. Sets the password only when a login with it fails.
        """

    def check_login(self, address: DatabaseAddress, account: Login) -> None:
        """Log in and out again."""

    def drop_accounts(self, address: DatabaseAddress, admin: Login, usernames: Sequence[str]) -> None:
        """Drop the accounts that exist, their sessions first."""

    def drop_database(self, address: DatabaseAddress, admin: Login) -> None:
        """Drop the database with all its events, when it exists."""


@dataclasses.dataclass(frozen=True, slots=True)
class KeystoneAdmin:
    """How the operator logs in at Keystone."""

    auth_url: str
    username: str
    password: str = dataclasses.field(repr=False)
    project_name: str
    user_domain_name: str
    project_domain_name: str
    region: str
    ca: str = ""  # PEM; none is what the system trusts


@dataclasses.dataclass(frozen=True, slots=True)
class ServiceUser:
    """The account under which the API validates tokens. `owner` marks who made it: namespace/name."""

    username: str
    password: str = dataclasses.field(repr=False)
    user_domain: str
    project: str
    project_domain: str
    roles: tuple[str, ...]
    owner: str


@dataclasses.dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint of the catalogue. `interface` is public, internal or admin."""

    interface: str
    url: str
    id: str = ""


class Keystone(Protocol):
    """Keystone's administration. Raise KeystoneError and its kind. Everything is idempotent."""

    def ensure_service_user(self, admin: KeystoneAdmin, user: ServiceUser) -> bool:
        """Create project, user, password and role assignments when absent; return whether anything changed.

        The password is set only when a login with it fails: setting it revokes the user's tokens.
        """

    def ensure_service(self, admin: KeystoneAdmin) -> str:
        """Create the service `panko` of type `event` when absent; return its id."""

    def ensure_endpoints(self, admin: KeystoneAdmin, service_id: str, endpoints: Sequence[Endpoint]) -> list[Endpoint]:
        """Make the service's endpoints of this region be exactly these; return them with their ids."""

    def withdraw_endpoints(self, admin: KeystoneAdmin, urls: Sequence[str]) -> int:
        """Delete the `event` endpoints of this region with these URLs, then the service if it has none left."""

    def delete_service_user(self, admin: KeystoneAdmin, user: ServiceUser) -> bool:
        """Delete the user if this owner made it; return whether it did."""


class EventAPI(Protocol):
    """The API that was just deployed, as a client sees it."""

    def query(self, url: str, admin: KeystoneAdmin, user: ServiceUser) -> None:
        """List one event with a token of the service user; raise EventAPIError unless it is answered."""


@dataclasses.dataclass(frozen=True, slots=True)
class World:
    """Everything outside that a reconcile touches."""

    kube: Kube
    database: Database
    keystone: Keystone
    event_api: EventAPI
    now: Callable[[], datetime]
    new_secret: Callable[[], str]
    panko_image: str
    haproxy_image: str
    cluster_domain: str
    tenancy: Tenancy
