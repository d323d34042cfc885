"""One event by its message_id: the question that is asked most often and costs least, so its statement is made once."""

import dataclasses
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.engine import Dialect

from panko.storage.sql.rows.load import COLUMNS, OF_TYPE, EventRow
from panko.storage.sql.rows.tables import EVENT, EVENT_TYPE

MESSAGE_ID = "message_id"


@dataclasses.dataclass(frozen=True, slots=True)
class Show:
    """The statement as the driver takes it, and what makes an instant of what the driver returns."""

    statement: str
    is_positional: bool
    instant: Callable[[Any], Any]

    @classmethod
    def compile(cls, dialect: Dialect) -> "Show":
        """Make the statement for a kind of database."""
        statement = (
            select(*COLUMNS)
            .select_from(EVENT.outerjoin(EVENT_TYPE, OF_TYPE))
            .where(EVENT.c.message_id == bindparam(MESSAGE_ID))
        )
        compiled = statement.compile(dialect=dialect)
        instant = EVENT.c.generated.type.dialect_impl(dialect).result_processor(dialect, None)
        return cls(str(compiled), bool(compiled.positional), instant or (lambda value: value))

    def rows(self, connection: Connection, message_id: str) -> list[EventRow]:
        """Return the event's row, or none."""
        values: Any = (message_id,) if self.is_positional else {MESSAGE_ID: message_id}
        found = connection.exec_driver_sql(self.statement, values)
        return [EventRow(id_, name, kind, self.instant(at), *rest) for id_, name, kind, at, *rest in found]
