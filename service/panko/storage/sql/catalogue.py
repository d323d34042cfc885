"""What there is: event types, the traits of a type, and all values of one of them. Bounded memory, however much."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, or_, select
from sqlalchemy.exc import SQLAlchemyError

from panko.event import Trait, TraitType
from panko.storage.sql import pages
from panko.storage.sql.comparisons import same_text, sorted_by_text
from panko.storage.sql.retry import Retry, unavailable
from panko.storage.sql.tables import EVENT, EVENT_TYPE, TRAITS

ROWS_PER_STATEMENT = 1000


@dataclasses.dataclass(frozen=True, slots=True)
class Catalogue:
    """Reads through `engine`."""

    engine: Engine
    retry: Retry

    def event_types(self) -> Iterator[str]:
        """Yield every event type, sorted without regard to case."""
        for row in self._stream(select(EVENT_TYPE.c.desc).order_by(*sorted_by_text(EVENT_TYPE.c.desc))):
            yield row[0] or ""

    def trait_types(self, event_type: str) -> Iterator[tuple[str, TraitType]]:
        """Yield the distinct names of each type of traits."""
        ids = self._event_type_ids(event_type)
        for kind in TraitType if ids else ():
            for row in self._stream(_trait_names(kind, ids)):
                yield row[0], kind

    def traits(self, event_type: str, name: str) -> Iterator[Trait]:
        """Yield every trait of a name, in many short transactions: one long one would outlive its time-out."""
        ids = self._event_type_ids(event_type)
        for kind in TraitType if ids else ():
            yield from self._traits_of(kind, ids, name)

    def _event_type_ids(self, event_type: str) -> tuple[int, ...]:
        statement = pages.event_type_ids(event_type)
        return self.retry.run(self.engine, lambda connection: tuple(connection.execute(statement).scalars()))

    def _traits_of(self, kind: TraitType, ids: tuple[int, ...], name: str) -> Iterator[Trait]:
        after: tuple[Any, Any] | None = None
        while True:
            rows = self._read(_traits(kind, ids, name, after=after))
            yield from (Trait(row.key, kind, row.value) for row in rows)
            if len(rows) < ROWS_PER_STATEMENT:
                return
            after = rows[-1].generated, rows[-1].message_id

    def _read(self, statement: Select[Any]) -> list[Any]:
        return self.retry.run(self.engine, lambda connection: list(connection.execute(statement)))

    def _stream(self, statement: Select[Any]) -> Iterator[Any]:
        """Yield rows as the server makes them. A consumer that stops early costs the connection, not the rest."""
        with self.retry.call(self.engine.connect) as connection:
            try:
                yield from connection.execution_options(yield_per=ROWS_PER_STATEMENT).execute(statement)
            except SQLAlchemyError as error:
                raise unavailable(error) from error
            except GeneratorExit:
                _abandon(connection)
                raise


def _abandon(connection: Connection) -> None:
    if connection.dialect.name == "mysql":
        connection.invalidate()


def _trait_names(kind: TraitType, ids: tuple[int, ...]) -> Select[str]:
    key = TRAITS[kind].c.key
    owner = TRAITS[kind].join(EVENT, EVENT.c.id == TRAITS[kind].c.event_id)
    return select(key).distinct().select_from(owner).where(EVENT.c.event_type_id.in_(ids)).order_by(key)


def _traits(kind: TraitType, ids: tuple[int, ...], name: str, *, after: tuple[Any, Any] | None) -> Select[Any]:
    table = TRAITS[kind]
    owner = EVENT.join(table, and_(table.c.event_id == EVENT.c.id, same_text(table.c.key, name)))
    statement = (
        select(table.c.key, table.c.value, EVENT.c.generated, EVENT.c.message_id)
        .prefix_with("STRAIGHT_JOIN", dialect="mysql")
        .select_from(owner)
        .where(EVENT.c.event_type_id.in_(ids))
        .order_by(EVENT.c.generated, EVENT.c.message_id)
        .limit(ROWS_PER_STATEMENT)
    )
    return statement if after is None else statement.where(_later(*after))


def _later(generated: Any, message_id: Any) -> ColumnElement[bool]:
    tie = and_(EVENT.c.generated == generated, EVENT.c.message_id > message_id)
    return and_(EVENT.c.generated >= generated, or_(EVENT.c.generated > generated, tie))
