"""What a dry run tells instead of doing it, and what it asks of the servers meanwhile. Nothing here does anything."""

import dataclasses
import enum
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from panko_operator.world.values import DatabaseAddress, Login, Owner


class Place(enum.StrEnum):
    """Where something is changed."""

    KUBERNETES = "Kubernetes"
    KEYSTONE = "Keystone"
    DATABASE = "Database"


class Action(enum.StrEnum):
    """What is done to it. What is LATER can be told only when what comes before it has been done."""

    CREATE = "Create"
    CHANGE = "Change"
    REPLACE = "Replace"
    REMOVE = "Remove"
    LATER = "Later"


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """A write that a dry run has not done. `fields` are places in it, or names of keys; a value is never in one."""

    place: Place
    action: Action
    kind: str
    name: str
    fields: tuple[str, ...] = ()
    note: str = ""


Noting = Callable[[Change], None]


@dataclasses.dataclass(frozen=True, slots=True)
class SchemaSize:
    """A schema that there is: its revision, and what the server estimates of its events."""

    revision: str
    events: int
    size_bytes: int


class DatabaseReads(Protocol):
    """What a dry run asks a database server. Raise DatabaseError and its kind. Nothing is written."""

    def has_database(self, address: "DatabaseAddress", admin: "Login") -> bool:
        """Tell whether the database exists."""

    def needs_mark(self, address: "DatabaseAddress", login: "Login", owner: "Owner", *, adopt: bool) -> bool:
        """Tell whether `claim` would mark a database that exists; raise what it would raise."""

    def has_account(self, address: "DatabaseAddress", admin: "Login", username: str) -> bool:
        """Tell whether an account exists."""

    def lacks_grants(self, address: "DatabaseAddress", admin: "Login", username: str, *, role: str) -> bool:
        """Tell whether an account that exists has other grants than those of its role."""

    def schema_size(self, address: "DatabaseAddress", login: "Login") -> SchemaSize | None:
        """Return what there is of a schema in a database that exists; None without one."""
