"""Whose a database is: the mark that the operator leaves in it, as text. Pure.

A Panko that is made again under the same namespace and name is its predecessor's heir: the database that a deletion has
kept is its own again.
"""

import dataclasses
import enum
import json
from collections.abc import Collection
from typing import Final

from panko_operator.errors import DatabaseNotOursError
from panko_operator.world.values import DatabaseAddress, Owner

TABLE: Final = "panko_owner"  # where there is no comment on a database
# What panko-dbsync leaves: all of it, or it has to run.
SCHEMA: Final = frozenset(
    {
        "alembic_version",  # REVISION
        "event",  # EVENTS
        "event_type",
        "event_type_trait",
        "trait_text",
        "trait_int",
        "trait_float",
        "trait_datetime",
    }
)
EVENTS: Final = "event"  # the table with a row for each event
REVISION: Final = "alembic_version"  # the table that says which revision of the schema it is
UNREADABLE: Final = ""  # a revision that nobody lets us see
# The original's, and those of this release, which are made anew from events; what else there is is somebody else's.
_DERIVED: Final = {
    "trait_shape",
    "event_count_mark",
    "event_count_hour",
    "event_count_project",
    "event_count",
    "event_value_count",
    "event_count_block",
    "event_block_count",
    "event_block_value_count",
    "event_count_column",
    "event_block_count_column",
}
TABLES: Final = SCHEMA | {"schema_floor", TABLE} | _DERIVED


class Origin(enum.Enum):
    """How a Panko came to its database. Only what was created for it is ever dropped."""

    CREATED = "created"
    ADOPTED = "adopted"


@dataclasses.dataclass(frozen=True, slots=True)
class Mark:
    """Whose a database is, and since when in what way."""

    owner: Owner
    origin: Origin

    def text(self) -> str:
        """Write the mark."""
        fields = {"cluster": self.owner.cluster_id, "panko": self.owner.panko, "uid": self.owner.uid}
        return json.dumps({**fields, "origin": self.origin.value}, sort_keys=True)

    def is_of(self, owner: Owner) -> bool:
        """Tell whether this is the mark of a Panko, or of one that had its name before."""
        return (self.owner.cluster_id, self.owner.panko) == (owner.cluster_id, owner.panko)


def read(text: str | None) -> Mark | None:
    """Return the mark that a text is; None for no text and for anything else."""
    try:
        fields = json.loads(text or "")
        return Mark(Owner(fields["cluster"], fields["panko"], fields["uid"]), Origin(fields["origin"]))
    except (ValueError, KeyError, TypeError):
        return None


def held(tables: Collection[str]) -> set[str]:
    """Return the tables that hold anything: whoever died while marking has left the mark's own empty."""
    return set(tables) - {TABLE}


def claim(
    address: DatabaseAddress, owner: Owner, *, found: Mark | None, tables: Collection[str], adopt: bool
) -> Mark | None:
    """Return the mark that an existing database needs; None when it has it.

    Raise DatabaseNotOursError for what may not be taken: another's, or one that holds anything and was not given.
    """
    if found is not None:
        if found.is_of(owner):
            return None
        raise _others(address, found)
    strange = sorted(set(tables) - TABLES)
    if strange:
        raise _holds(address, strange)
    if held(tables) and not adopt:
        raise _unmarked(address)
    return Mark(owner, Origin.ADOPTED)


def _others(address: DatabaseAddress, found: Mark) -> DatabaseNotOursError:
    return DatabaseNotOursError(
        f"Database {address.name} on {address.host} belongs to Panko {found.owner.panko} of cluster "
        f"{found.owner.cluster_id}; make a Panko with another spec.database.name. If it is a restored copy, or that "
        f"Panko is gone for good, run `{unmark(address)}` in it and set spec.database.adopt: true."
    )


def unmark(address: DatabaseAddress) -> str:
    """Return the statement by which an administrator takes the mark away."""
    if address.engine == "mysql":
        return f"DROP TABLE {TABLE};"
    return f'COMMENT ON DATABASE "{address.name}" IS NULL;'


def _holds(address: DatabaseAddress, strange: list[str]) -> DatabaseNotOursError:
    named = ", ".join(strange[:3]) + (", …" if len(strange) > 3 else "")  # noqa: PLR2004 -- enough to know it by
    return DatabaseNotOursError(
        f"Database {address.name} on {address.host} holds what is not Panko's ({named}); "
        "make a Panko with another spec.database.name."
    )


def _unmarked(address: DatabaseAddress) -> DatabaseNotOursError:
    return DatabaseNotOursError(
        f"Database {address.name} on {address.host} holds events, and this Panko did not make it; if they are to be "
        "its own, set spec.database.adopt: true, else make a Panko with another spec.database.name."
    )
