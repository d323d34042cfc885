"""The injected collaborators of a reconcile, as protocols.

`reconcile` and `steps` see only these; the boundaries (`kube`, `database`, `keystone`, `event_api`) fulfil them, and
the tests' fakes with behaviour do too. Nothing here does anything.
"""

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from panko_operator.changes import DatabaseReads, Noting
from panko_operator.corrections import Correcting, unnoticed
from panko_operator.tenancy import Tenancy
from panko_operator.world.values import (
    Account,
    DatabaseAddress,
    Endpoint,
    Freshness,
    KeystoneAdmin,
    Login,
    Made,
    Owner,
    Proof,
    ServiceUser,
    Token,
)

Manifest = dict[str, Any]
LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


class Kube(Protocol):
    """The API server, in one namespace at a time. Raise KubernetesError and its kind."""

    def get(self, api_version: str, kind: str, name: str, namespace: str) -> Manifest | None:
        """Return the live object, or None."""

    def list(self, api_version: str, kind: str, namespace: str, *, labels: Mapping[str, str]) -> list[Manifest]:
        """Return the live objects that carry all labels."""

    def serves(self, api_version: str, kind: str) -> bool:
        """Tell whether the API server knows a kind, which only an optional one may not be; remembered for a minute."""

    def apply(self, manifest: Manifest, *, correcting: Correcting = unnoticed) -> Manifest:
        """Server-side apply under the field manager `panko-operator`; return the live object.

        `correcting` is told of what others have changed or removed before it is put right, and may raise to leave it.
        Send nothing when the live object already is what the manifest says. Raise ForeignChildError, and write
        nothing, when there is one that the manifest's controller does not control; ChangedMeanwhileError for one that
        is of another `resourceVersion` than the manifest has; and KindMissingError for an optional kind that the
        cluster does not have.
        """

    def delete(self, live: Manifest) -> bool:
        """Delete this very object in the background; return False when it is gone already."""

    def patch_status(self, panko: Manifest, status: Manifest) -> None:
        """Write `status` of the Panko; send nothing when it is what the live object says."""

    def add_finalizer(self, panko: Manifest) -> None:
        """Keep the Panko until `remove_finalizer`; send nothing when it is kept already."""

    def remove_finalizer(self, panko: Manifest) -> None:
        """Let the Panko go."""

    def mark(self, panko: Manifest, key: str, value: str) -> Manifest:
        """Add an annotation to the Panko, and return it as it is then."""

    def annotate(self, panko: Manifest, key: str, value: str | None) -> None:
        """Replace an annotation of the Panko, or take it away; leave it when it is no longer as it was read."""

    def cluster_id(self) -> str:
        """Return the uid of the namespace kube-system, which tells clusters apart."""

    def emit(self, panko: Manifest, *, event_type: str, reason: str, message: str) -> None:
        """Record a Kubernetes Event (`event_type` Normal or Warning) about the Panko."""


class Database(DatabaseReads, Protocol):
    """A database server's administration. Raise DatabaseError and its kind. Everything is idempotent."""

    def ensure_database(
        self,
        address: DatabaseAddress,
        admin: Login,
        owner: "Owner",
        *,
        adopt: bool,
        begun: bool = False,
        creating: Callable[[], None] | None = None,
    ) -> bool:
        """Create the database when absent, and mark it; return whether it was.

        `creating` is told before; `begun` says that a pass has died after that. One that exists is marked as taken over
        when it is empty, or is given by `adopt` and holds Panko's tables alone; raise DatabaseNotOursError, and change
        nothing, for any other that is not marked as this Panko's.
        """

    def claim(self, address: DatabaseAddress, login: Login, owner: "Owner", *, adopt: bool) -> None:
        """Mark an existing database as `ensure_database` does, by an account that was given for it."""

    def has_schema(self, address: DatabaseAddress, login: Login, *, revision: str = "") -> bool:
        """Tell whether the schema that panko-dbsync makes is in the database, with every table.

        Of that `revision`, where one is given and the database lets it be read.
        """

    def origin(self, address: DatabaseAddress, admin: Login, owner: "Owner") -> str | None:
        """Return how this Panko came to its database, `created` or `adopted`; None when it is not its own."""

    def ensure_account(
        self,
        address: DatabaseAddress,
        admin: Login,
        account: Login,
        *,
        role: str,
        after: str = "",
        correcting: Correcting = unnoticed,
    ) -> bool:
        """Create the account, its password and the grants of a role.

        `correcting` is told of each that was not as wanted.
        Return whether anything was changed. Sets the password only when a login with it fails. The account `after`
        which it comes goes on working. Raise DatabaseBusyError when something has to end first.
        """

    def has_sessions(self, address: DatabaseAddress, admin: Login, username: str) -> bool:
        """Tell whether anybody is logged in under an account."""

    def retire_account(self, address: DatabaseAddress, admin: Login, username: str, *, heir: str) -> None:
        """Drop an account that another of the same role has followed, which gets what it owns."""

    def check_login(self, address: DatabaseAddress, account: Login) -> None:
        """Log in and out again."""

    def drop_accounts(self, address: DatabaseAddress, admin: Login, usernames: Sequence[str]) -> None:
        """Drop the accounts that exist, their sessions first."""

    def drop_database(self, address: DatabaseAddress, admin: Login) -> None:
        """Drop the database with all its events, when it exists."""


class Keystone(Protocol):
    """Keystone's administration. Raise KeystoneError and its kind. Everything is idempotent."""

    def ensure_service_user(
        self, admin: KeystoneAdmin, user: ServiceUser, *, correcting: Correcting = unnoticed
    ) -> Account:
        """Have the user with its password and exactly its roles, and its project.

        `correcting` is told of what was not as wanted, here and below.
        Raise ServiceUserNotOursError for one that is not this Panko's, and NotInKeystoneError for a domain or role that
        does not exist, before anything is written. The password is set only when a login with it fails: setting it
        revokes the user's tokens.
        """

    def check_login(self, admin: KeystoneAdmin, user: ServiceUser) -> None:
        """Log the user in at its project and out again; raise KeystoneLoginRefusedError when that cannot be."""

    def delete_service_user(self, admin: KeystoneAdmin, user: ServiceUser) -> bool:
        """Delete the user if it is this Panko's; return whether it was there."""

    def ensure_application_credential(
        self,
        admin: KeystoneAdmin,
        user: ServiceUser,
        login: Login,
        *,
        after: str = "",
        correcting: Correcting = unnoticed,
    ) -> bool:
        """Have an application credential with the name and secret of a login, made by the user, with its roles alone.

        Return False for one that is of other roles or another project, which is left: another one has to follow it.
        The one `after` which it comes goes on working. Raise ApplicationCredentialError when Keystone makes none, and
        OwnershipConflictError for one of that name that is not this Panko's.
        """

    def delete_application_credential(self, admin: KeystoneAdmin, owner: Owner, *, user_id: str, name: str) -> bool:
        """Delete an application credential of a user if it is this Panko's; return whether it was there."""

    def ensure_service(self, admin: KeystoneAdmin, *, correcting: Correcting = unnoticed) -> str:
        """Use the service of type `event`, whoever made it, or create `panko`; return its id.

        Raise OwnershipConflictError when there are several.
        """

    def ensure_endpoints(
        self,
        admin: KeystoneAdmin,
        service_id: str,
        endpoints: Sequence[Endpoint],
        *,
        owner: Owner,
        known: Collection[str],
        correcting: Correcting = unnoticed,
    ) -> list[Endpoint]:
        """Make this Panko's endpoints of the region be these; return them with their ids.

        `known` are the ids of those that were made before they were marked. Raise OwnershipConflictError, before
        anything is written, when another's endpoint is in the way.
        """

    def withdraw_endpoints(
        self, admin: KeystoneAdmin, owner: Owner, *, known: Collection[str], empty_service: bool
    ) -> int:
        """Delete this Panko's endpoints, then a service of ours that has none left; return how many.

        A service that had none before goes only with `empty_service`.
        """

    def remove_former(self, admin: KeystoneAdmin, owner: Owner, *, former: Made, kept: Made) -> None:
        """Delete by its id what an earlier spec had made and the present one does not use."""

    def catalogue(self, admin: KeystoneAdmin, token: Token) -> list[Endpoint]:
        """Return the region's endpoints of events as a token is told of them, without a login; refuse a dead token."""

    def dry_run(self, noting: Noting) -> "Keystone":
        """Return a Keystone that reads from this one, and notes what it would write instead of writing it."""


class EventAPI(Protocol):
    """The API that was just deployed, as a client sees it."""

    def query(
        self, url: str, admin: KeystoneAdmin, user: ServiceUser, *, served_by: Sequence[str], proof: Proof | None
    ) -> Token:
        """List one event with a token of the service user, and return it; raise EventAPIError unless it is answered.

        Under https the server has to give the proof; the host of the URL is only where it is looked for.
        `served_by` are the versions of what stands behind the URL: what other pods answered says nothing of these.
        """

    def ask_again(self, url: str, token: Token, *, proof: Proof | None) -> None:
        """List one event with a token that `query` has returned; raise EventAPIError unless it is answered."""

    def freshness(self, url: str, token: Token, *, proof: Proof | None) -> Freshness | None:
        """Return how new events are; None where the API does not tell: an older one, or one whose policy refuses."""


@dataclasses.dataclass(frozen=True, slots=True)
class OperatorPods:
    """How the operator's own pods are told from others."""

    namespace: str
    labels: Mapping[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class World:
    """Everything outside that a reconcile touches."""

    kube: Kube
    database: Database
    keystone: Keystone
    event_api: EventAPI
    now: Callable[[], datetime]
    new_secret: Callable[[], str]
    # Of certificates.own: what was kept, a host and the time in; what is to be kept out.
    renewed_certificate: Callable[[Mapping[str, str], str, datetime], Mapping[str, str]]
    panko_image: str
    haproxy_image: str
    collector_image: str
    cluster_domain: str
    tenancy: Tenancy
    operator: OperatorPods
    release: str  # of the operator
    runbooks: str  # the URL of docs/alerts.md
    began: datetime = LONG_AGO  # when this operator began to act
    freshness: Freshness | None = None  # of the Panko's events, as it was read since its last pass
