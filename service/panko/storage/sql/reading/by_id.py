"""One event by its message_id: the question that is asked most often and costs least, so its statements are made once.

The scope is part of each statement: an event of somebody else is not read and then hidden.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.engine import Dialect

from panko.filters import Everything, OwnActs, ProjectAndOwnerless, Scope, WholeProject
from panko.storage.sql.reading.visibility import visibility
from panko.storage.sql.rows.events import EventRow
from panko.storage.sql.rows.tables import COPY, EVENT, EVENT_TYPE, OF_TYPE

COLUMNS: Final = (EVENT.c.id, EVENT.c.message_id, EVENT_TYPE.c.desc, EVENT.c.generated, EVENT.c.raw, COPY)
MESSAGE_ID: Final = "message_id"
# What stands in a statement for what is asked; no text of a request has a NUL in it.
PROJECT, USER = "\0project_id", "\0user_id"
SCOPES: Final = (Everything(), ProjectAndOwnerless(PROJECT), WholeProject(PROJECT), OwnActs(PROJECT, USER))


@dataclasses.dataclass(frozen=True, slots=True)
class Statement:
    """A statement as the driver takes it, with the names of its values in their order when it takes them by place."""

    text: str
    values: Mapping[str, Any]
    order: tuple[str, ...] | None

    def bound(self, asked: Mapping[str, str]) -> Any:
        """Return the values for the driver; `asked` says what to write for what stands in the statement."""
        values = {name: asked.get(value, value) for name, value in self.values.items()}
        return values if self.order is None else tuple(values[name] for name in self.order)


@dataclasses.dataclass(frozen=True, slots=True)
class Show:
    """A statement for each kind of scope, and what makes an instant of what the driver returns."""

    statements: Mapping[type[Scope], Statement]
    instant: Callable[[Any], Any]

    @classmethod
    def compile(cls, dialect: Dialect) -> "Show":
        """Make the statements for a kind of database."""
        instant = EVENT.c.generated.type.dialect_impl(dialect).result_processor(dialect, None)
        return cls({type(scope): _compile(scope, dialect) for scope in SCOPES}, instant or (lambda value: value))

    def rows(self, connection: Connection, message_id: str, scope: Scope) -> list[EventRow]:
        """Return the event's row, or none where the scope does not hold it."""
        statement = self.statements[type(scope)]
        asked = {
            MESSAGE_ID: message_id,
            PROJECT: getattr(scope, "project_id", ""),
            USER: getattr(scope, "user_id", ""),
        }
        found = connection.exec_driver_sql(statement.text, statement.bound(asked))
        return [EventRow(id_, name, kind, self.instant(at), *rest) for id_, name, kind, at, *rest in found]


def _compile(scope: Scope, dialect: Dialect) -> Statement:
    statement = (
        select(*COLUMNS)
        .select_from(EVENT.outerjoin(EVENT_TYPE, OF_TYPE))
        .where(EVENT.c.message_id == bindparam(MESSAGE_ID, MESSAGE_ID), *visibility(scope).conditions)
    )
    compiled = statement.compile(dialect=dialect)
    order = tuple(compiled.positiontup or ()) if compiled.positional else None
    return Statement(str(compiled), dict(compiled.params), order)
