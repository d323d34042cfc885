"""Where a search goes on, as text that means nothing to whoever keeps it. Pure.

A cursor is no secret and gives no right: it holds a position, and what is shown after it is what the caller may see
anyway. It is of one question, and refused with another.
"""

import base64
import dataclasses
import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from panko.errors import InvalidInputError
from panko.filters import Position
from panko.literals import why_unstorable

VERSION = 1
SHORTEST_WIDTH, LONGEST_WIDTH = timedelta(seconds=1), timedelta(days=30 * 365)
MAX_CHARACTERS = 1000
TIMES = 4  # of the position, of the range, and of following
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclasses.dataclass(frozen=True, slots=True)
class Cursor:
    """A position in the answer to a question, whose bounds of time are kept as they were when it was first asked.

    `began` is when the round of following began that the position is in, see `question`. `width` is that of the ranges
    in which a search goes on that is too slow as a whole, see `panko.storage.Found`.
    """

    question: str
    position: Position
    start: datetime | None = None
    end: datetime | None = None
    began: datetime | None = None
    width: timedelta | None = None


def digest(parts: Iterable[str]) -> str:
    """Return a short text that stands for a question."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def written(cursor: Cursor) -> str:
    """Write a cursor."""
    times = map(_number, (cursor.position.generated, cursor.start, cursor.end, cursor.began))
    # Most cursors have no width, and a release that does not know of it reads those.
    width = () if cursor.width is None else (cursor.width // MICROSECOND,)
    text = json.dumps([VERSION, cursor.question, cursor.position.message_id, *times, *width], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(text: str, *, question: str) -> Cursor:
    """Read the cursor of a question. Raise InvalidInputError."""
    try:
        asked, message_id, *times = _parts(text)
        generated, start, end, began = map(_moment, times[:TIMES])
        width = _width(times[TIMES:])
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise InvalidInputError("The cursor cannot be read. Send it as it was given, or ask without it.") from None
    if asked != question:
        message = (
            "The cursor is of another question. Send path, filter, from, to, order, follow and all_projects as they "
            "were when it was given, and single and silent_after of operations, or ask without it."
        )
        raise InvalidInputError(message)
    if generated is None:
        raise InvalidInputError("The cursor holds no position. Send it as it was given, or ask without it.")
    return Cursor(asked, Position(generated, message_id), start, end, began, width)


def _parts(text: str) -> list[Any]:
    if len(text) > MAX_CHARACTERS:
        raise ValueError(text)
    found = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars="-_", validate=True))
    version, question, message_id, *times = found
    if version != VERSION or not isinstance(message_id, str) or why_unstorable(message_id):
        raise ValueError(text)
    return [question, message_id, *times]


def _number(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - EPOCH) // MICROSECOND


def _moment(number: Any) -> datetime | None:
    if number is None:
        return None
    if not isinstance(number, int) or isinstance(number, bool):
        raise TypeError(number)
    return EPOCH + number * MICROSECOND


def _width(rest: list[Any]) -> timedelta | None:
    if not rest:
        return None
    (number,) = rest
    if not isinstance(number, int) or isinstance(number, bool):
        raise TypeError(number)
    width = number * MICROSECOND
    if not SHORTEST_WIDTH <= width <= LONGEST_WIDTH:
        raise ValueError(number)
    return width
