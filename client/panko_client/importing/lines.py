"""Lines of a file as events, from an offset on."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Final

from panko_client.errors import InputError
from panko_client.event import encoded, posted

MOST_BYTES: Final = 32 * 1024 * 1024  # of a line: no API takes more


@dataclass(frozen=True, slots=True)
class Line:
    """An event; `end` is the offset behind it, in what is unpacked."""

    body: bytes
    number: int
    end: int


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no event."""

    text: str
    reason: str
    number: int
    end: int


def read(stream: IO[bytes], *, offset: int = 0, number: int = 0) -> Iterator[Line | BadLine]:
    """Yield the events from an offset on, behind so many lines."""
    while line := stream.readline(MOST_BYTES):
        number += 1
        offset += len(line)
        if len(line) == MOST_BYTES and not line.endswith(b"\n"):
            offset += _skip(stream)
            yield BadLine("", f"The line is longer than {MOST_BYTES} bytes.", number, offset)
        elif line.strip():
            yield _event(line.strip(), number, offset)


def _event(line: bytes, number: int, end: int) -> Line | BadLine:
    try:
        return Line(_body(line), number, end)
    except Exception as error:  # noqa: BLE001 - no line, whatever somebody wrote into it, ends an import
        return BadLine(line.decode(errors="backslashreplace"), _reason(error), number, end)


def _reason(error: Exception) -> str:
    if isinstance(error, InputError):
        return str(error)
    if isinstance(error, ValueError | RecursionError):
        return f"The line is no JSON ({error})."
    return f"The line is no event ({type(error).__name__}: {error})."


def _body(line: bytes) -> bytes:
    return encoded(posted(rejected(json.loads(line))))


def rejected(document: Any) -> Any:
    """Return the event in a line of a file of rejects, and anything else as it is."""
    if isinstance(document, dict) and "reason" in document and "message_id" not in document:
        if "line" in document:
            return json.loads(str(document["line"]))
        return document.get("event", document)
    return document


def _skip(stream: IO[bytes]) -> int:
    skipped = 0
    while line := stream.readline(MOST_BYTES):
        skipped += len(line)
        if line.endswith(b"\n"):
            break
    return skipped
