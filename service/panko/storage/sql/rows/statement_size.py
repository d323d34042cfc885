"""How much one statement may hold: events are cut into chunks, and one that no statement can hold is found out.

Pure but for the limit, which MySQL and MariaDB tell when a session begins. Beyond it they end the connection, which
cannot be told from an outage.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from panko.storage.sql.rows.encode import Row
from panko.storage.sql.settings import MAX_PACKET

ROWS_PER_STATEMENT = 500
BYTES_PER_STATEMENT = 1_000_000
REST_BYTES = 4096  # the statement itself, and all columns of a row but the long ones
ESCAPED = ('"', "'", "\\")


class TooLargeError(Exception):
    """Events that the database cannot take, by message_id, with the reason."""

    def __init__(self, reasons: dict[str, str]) -> None:
        super().__init__(*reasons)
        self.reasons = reasons


def chunks_of(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield rows of events in chunks that one statement can hold."""
    chunk: list[Row] = []
    size = 0
    for row in rows:
        size += _length(row)
        if chunk and (len(chunk) == ROWS_PER_STATEMENT or size > BYTES_PER_STATEMENT):
            yield chunk
            chunk, size = [], _length(row)
        chunk.append(row)
    if chunk:
        yield chunk


def require_room(connection: Connection, rows: Sequence[Row]) -> None:
    """Raise TooLargeError when the server would not take the row of an event, even alone."""
    most: int | None = connection.info.get(MAX_PACKET)
    if most is None:
        return
    # Escaping at most doubles a text, so that hardly any has to be looked at.
    sizes = {row["message_id"]: _written(row) for row in rows if 2 * _length(row) + REST_BYTES > most}
    reasons = {message_id: _reason(size, most) for message_id, size in sizes.items() if size > most}
    if reasons:
        raise TooLargeError(reasons)


def _length(row: Row) -> int:
    return len(row["raw"] or "") + len(row["packed"] or row["traits"] or "")


def _written(row: Row) -> int:
    """Return the bytes of a row inside a statement."""
    texts = (row["raw"] or "", row["packed"] or row["traits"] or "")
    return REST_BYTES + sum(len(text.encode()) + sum(map(text.count, ESCAPED)) for text in texts)


def _reason(size: int, most: int) -> str:
    return (
        f"raw and traits are {size} bytes to the database, which takes {most} at most; send less of them, "
        "or raise its max_allowed_packet"
    )
