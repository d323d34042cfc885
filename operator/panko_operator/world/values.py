"""What the boundaries are asked with, and what they answer. Nothing here does anything."""

import dataclasses
from datetime import datetime


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
class Owner:
    """Which Panko something outside of Kubernetes was made for: `panko` is namespace/name in a cluster."""

    cluster_id: str
    panko: str
    uid: str


@dataclasses.dataclass(frozen=True, slots=True)
class ServiceUser:
    """The account under which the API validates tokens. `known_id` is that of the user which was made before.

    With an `application` credential it logs in by its name and secret, and not by the password.
    """

    username: str
    password: str = dataclasses.field(repr=False)
    user_domain: str
    project: str
    project_domain: str
    roles: tuple[str, ...]
    owner: Owner
    known_id: str = ""
    application: Login | None = None

    @property
    def login(self) -> Login:
        """Its name and password."""
        return Login(self.username, self.password)


@dataclasses.dataclass(frozen=True, slots=True)
class Account:
    """The service user that there is. One that is not `owned` is somebody else's, and was only tried."""

    id: str
    project_id: str
    owned: bool
    changed: bool
    # Where the API will ask about tokens: the identity endpoint of the catalogue, which need not be `authURL`.
    identity_url: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Made:
    """What was made in a Keystone, by id; empty is nothing."""

    auth_url: str
    user_id: str = ""
    project_id: str = ""
    endpoint_ids: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint of the catalogue. `interface` is public, internal or admin; not `owned` is somebody else's."""

    interface: str
    url: str
    id: str = ""
    owned: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class Token:
    """What Keystone has let somebody in with, and until when it holds. It is never shown."""

    id: str = dataclasses.field(repr=False)
    expires: datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Proof:
    """By what a server is believed: its authority in PEM (empty: what the system trusts), and the name that it has."""

    authority: str
    name: str


@dataclasses.dataclass(frozen=True, slots=True)
class ServiceFreshness:
    """When the last event of a service of the cloud was."""

    name: str
    last: datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Freshness:
    """How new events are: when the last one was, as far as it is known, and the oldest that is kept.

    `number` grows with each event that is stored, and is None where none is.
    """

    last: datetime | None
    oldest: datetime | None
    number: int | None
    events_per_minute: float = 0.0
    services: tuple[ServiceFreshness, ...] = ()
