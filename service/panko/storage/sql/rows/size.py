"""How many bytes of text an event is in the database: told before any of them is sent.

What is read at once is bounded by bytes: `COLUMNS` hold the text of an event only where it is small enough, and how
much it is. What was left out is read by `with_texts`, when it is known to fit.
"""

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, bindparam, case, func, select

from panko.storage.sql.engines.expressions import StoredBytes
from panko.storage.sql.rows import chunks
from panko.storage.sql.rows.events import EventRow
from panko.storage.sql.rows.tables import COPY, EVENT, EVENT_TYPE

INLINE = "inline_bytes"


def _size() -> ColumnElement[int]:
    return func.coalesce(StoredBytes(EVENT.c.raw), 0) + func.coalesce(StoredBytes(COPY), 0)


def _inline(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((_size() <= bindparam(INLINE, type_=Integer(), value=2**31 - 1), column)).label(None)


COLUMNS = (
    EVENT.c.id,
    EVENT.c.message_id,
    EVENT_TYPE.c.desc,
    EVENT.c.generated,
    _inline(EVENT.c.raw),
    _inline(COPY),
    _size().label("size"),
)


def fitting(rows: Sequence[EventRow], most_bytes: int) -> Sequence[EventRow]:
    """Return the first rows that hold no more bytes together, and one at least."""
    return next(groups(rows, most_bytes), ())


def groups(rows: Sequence[EventRow], most_bytes: int) -> Iterator[Sequence[EventRow]]:
    """Cut rows into groups that hold no more bytes together each, or are one row."""
    return chunks.groups(rows, most_bytes, attrgetter("size"))


def with_texts(connection: Connection, rows: Sequence[EventRow], inline_bytes: int) -> list[EventRow]:
    """Read the texts that were left out; an event that is not there any more is left out itself."""
    absent = [row.id for row in rows if row.size > inline_bytes]
    if not absent:
        return list(rows)
    texts: dict[int, tuple[str | None, str | None]] = {}
    for chunk in chunks.chunks(absent):
        statement = select(EVENT.c.id, EVENT.c.raw, COPY).where(EVENT.c.id.in_(chunk))
        texts |= {id_: (raw, traits) for id_, raw, traits in connection.execute(statement)}
    return [_filled(row, texts) for row in rows if row.size <= inline_bytes or row.id in texts]


def _filled(row: EventRow, texts: dict[int, tuple[str | None, str | None]]) -> EventRow:
    if row.id not in texts:
        return row
    raw, traits = texts[row.id]
    return row._replace(raw=raw, traits=traits)
