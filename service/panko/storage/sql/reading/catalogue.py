"""What there is: event types, the traits of a type, and all values of one of them. Bounded memory, however much.

Everything is read in many short transactions, each beginning after the last row of the one before: a server-side
cursor would hold a connection for as long as the slowest client takes, and outlive the statement's time-out.
"""

import dataclasses
import itertools
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Engine, Executable, Select, func, select

from panko.event import Trait, TraitType
from panko.storage.sql.engines import planner
from panko.storage.sql.reading import pages
from panko.storage.sql.reading.keyset import Key, beyond
from panko.storage.sql.reading.traits import named_trait
from panko.storage.sql.rows.tables import EVENT, EVENT_TYPE, EVENT_TYPE_TRAIT, TRAITS
from panko.storage.sql.session.retry import Retry

ROWS_PER_STATEMENT = 1000


@dataclasses.dataclass(frozen=True, slots=True)
class Listing:
    """A statement whose first columns are `keys`: they order it, without ties, and say where to go on."""

    statement: Select[Any]
    keys: tuple[ColumnElement[Any], ...]

    def after(self, values: tuple[Any, ...] | None) -> Select[Any]:
        """Return the rows that follow these values of the keys, or the first ones."""
        statement = self.statement.order_by(*self.keys).limit(ROWS_PER_STATEMENT)
        if values is None:
            return statement
        return statement.where(beyond([Key(column, value) for column, value in zip(self.keys, values, strict=True)]))


@dataclasses.dataclass(frozen=True, slots=True)
class Listed:
    """The event types that there are while the table is in this state, sorted."""

    state: tuple[Any, ...]
    names: tuple[str, ...]


@dataclasses.dataclass(slots=True)
class Memory:
    """What was listed last, when it was one statement's worth."""

    listed: Listed | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Catalogue:
    """Reads through `engine`."""

    engine: Engine
    retry: Retry
    memory: Memory = dataclasses.field(default_factory=Memory)

    def event_types(self) -> Iterator[str]:
        """Yield every event type, sorted without regard to case."""
        state = tuple(self._read(STATE_OF_EVENT_TYPES)[0])
        listed = self.memory.listed
        if listed is None or listed.state != state:
            rows = self._rows(_event_types())
            names = [row.desc for row in itertools.islice(rows, ROWS_PER_STATEMENT)]
            if len(names) == ROWS_PER_STATEMENT:
                yield from names
                yield from (row.desc for row in rows)
                return
            listed = self.memory.listed = Listed(state, tuple(names))
        yield from listed.names

    def trait_types(self, event_type: str) -> Iterator[tuple[str, TraitType]]:
        """Yield the distinct names of each type of traits.

        What the original's writers store has no names of its own: only while there is some of it, traits are read.
        """
        ids = self._event_type_ids(event_type)
        if not ids:
            return
        if self._read(ONE_OF_THE_ORIGINAL):
            for kind in TraitType:
                for row in self._rows(_names_of_traits(kind, ids)):
                    yield row.key, kind
        else:
            for row in self._rows(_trait_names(ids)):
                yield row.key, TraitType(row.dtype)

    def traits(self, event_type: str, name: str) -> Iterator[Trait]:
        """Yield every trait of a name."""
        ids = self._event_type_ids(event_type)
        for kind in TraitType if ids else ():
            for row in self._rows(_traits(kind, ids, name)):
                yield Trait(row.key, kind, row.value)

    def _event_type_ids(self, event_type: str) -> tuple[int, ...]:
        return tuple(row.id for row in self._read(pages.event_type_ids(event_type)))

    def _rows(self, listing: Listing) -> Iterator[Any]:
        after: tuple[Any, ...] | None = None
        while True:
            rows = self._read(listing.after(after))
            yield from rows
            if len(rows) < ROWS_PER_STATEMENT:
                return
            after = tuple(rows[-1][: len(listing.keys)])

    def _read(self, statement: Executable) -> list[Any]:
        return self.retry.read(self.engine, lambda connection: list(connection.execute(statement)))


# Names stay as they are, and ids are never used twice: other types have other figures. The sum is for a type that came
# late, under a lower id than one already seen, just when another one went.
STATE_OF_EVENT_TYPES = select(func.max(EVENT_TYPE.c.id), func.sum(EVENT_TYPE.c.id), func.count(EVENT_TYPE.c.id))


def _event_types() -> Listing:
    folded = func.lower(EVENT_TYPE.c.desc).label("folded")
    return Listing(select(folded, EVENT_TYPE.c.desc), (func.lower(EVENT_TYPE.c.desc), EVENT_TYPE.c.desc))


ONE_OF_THE_ORIGINAL = select(EVENT.c.id).where(EVENT.c.owner_hash.is_(None)).limit(1)


def _trait_names(ids: tuple[int, ...]) -> Listing:
    columns = EVENT_TYPE_TRAIT.c
    statement = select(columns.dtype, columns.key).distinct().where(columns.event_type_id.in_(ids))
    return Listing(statement, (columns.dtype, columns.key))


def _names_of_traits(kind: TraitType, ids: tuple[int, ...]) -> Listing:
    key = TRAITS[kind].c.key
    owner = TRAITS[kind].join(EVENT, EVENT.c.id == TRAITS[kind].c.event_id)
    return Listing(select(key).distinct().select_from(owner).where(EVENT.c.event_type_id.in_(ids)), (key,))


def _traits(kind: TraitType, ids: tuple[int, ...], name: str) -> Listing:
    table = TRAITS[kind]
    statement = (
        planner.in_this_order(select(EVENT.c.generated, EVENT.c.message_id, table.c.key, table.c.value))
        .select_from(EVENT.join(table, named_trait(table.c, name)))
        .where(EVENT.c.event_type_id.in_(ids))
    )
    return Listing(statement, (EVENT.c.generated, EVENT.c.message_id))
