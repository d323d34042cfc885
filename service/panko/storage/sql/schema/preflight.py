"""What an upgrade of the schema will have to do, found out before anything is changed."""

import dataclasses
import math

from sqlalchemy import BigInteger, Connection, inspect

from panko.errors import PankoError
from panko.storage.sql import engines

MIB = 2**20
BIG_BYTES = 256 * MIB
REWRITTEN_BYTES_PER_SECOND = 10 * MIB  # slow disks, and the indexes made again
ID_COLUMNS = {
    "event_type": "id",
    "event": "id",
    "trait_text": "event_id",
    "trait_int": "event_id",
    "trait_float": "event_id",
    "trait_datetime": "event_id",
}


class RewriteNeededError(PankoError):
    """Big tables have to be rewritten, and nobody has allowed that."""

    def __init__(self, plan: "Plan") -> None:
        super().__init__(
            f"{cost(plan.rewrites)} It is a part of the upgrade from {plan.before or 'no revision'} to {plan.after}. "
            "Nothing was changed. Make a backup, and give the option --allow-rewrite when it suits."
        )
        self.plan = plan


@dataclasses.dataclass(frozen=True, slots=True)
class Rewrite:
    """A table that has to be rewritten; its rows are an estimate of the database's."""

    table: str
    rows: int
    size_bytes: int


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """What is there, and what has to be rewritten on the way to a revision; `before` None is none yet.

    The pages of `uncompressed` tables would be compressed, where that was asked for.
    """

    before: str | None
    after: str
    rewrites: tuple[Rewrite, ...]
    big_bytes: int
    uncompressed: tuple[str, ...] = ()

    @property
    def is_big(self) -> bool:
        """Tell whether somebody has to allow it."""
        return sum(rewrite.size_bytes for rewrite in self.rewrites) > self.big_bytes


def plan(connection: Connection, before: str | None, after: str, *, big_bytes: int) -> Plan:
    """Look at a database; nothing is changed. More than `big_bytes` to be rewritten is big."""
    return Plan(before, after, tuple(_rewrites(connection)), big_bytes)


def cost(rewrites: tuple[Rewrite, ...]) -> str:
    """Say what rewriting tables takes."""
    total = sum(rewrite.size_bytes for rewrite in rewrites)
    minutes = math.ceil(total / REWRITTEN_BYTES_PER_SECOND / 60)
    names = ", ".join(f"{one.table} (about {one.rows} rows, {_mib(one.size_bytes)} MiB)" for one in rewrites)
    return (
        f"Ids of 64 bits and text of every character need tables to be rewritten once: {names}. That takes about "
        f"{minutes} min, during which writers of these tables wait, and up to {_mib(total)} MiB more on the disk."
    )


def _rewrites(connection: Connection) -> list[Rewrite]:
    looked = inspect(connection)
    present = set(looked.get_table_names())
    found = []
    for table, id_column in ID_COLUMNS.items():
        if table not in present:
            continue
        kinds = {column["name"]: column["type"] for column in looked.get_columns(table)}
        if not isinstance(kinds[id_column], BigInteger):
            size = engines.of(connection.dialect).size_of(connection, table)
            if size is not None:
                found.append(Rewrite(table, size.rows, size.size_bytes))
    return found


def _mib(size_bytes: int) -> int:
    return math.ceil(size_bytes / MIB)
