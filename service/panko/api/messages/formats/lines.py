"""Reads newline-delimited JSON: a document a line, in UTF-8; blank lines are nothing. Pure.

A line is read when it is asked for, and its text is not kept.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from panko.api.messages.formats.documents import DECODER, place
from panko.errors import UnreadableBodyError
from panko.validation import Unreadable


def documents(pieces: Iterable[bytes], *, lines: list[int]) -> Iterator[Any]:
    """Yield each document, or why a line is none, and append the number of its line, from 1, to `lines`."""
    number = 0
    try:
        for number, line in enumerate(_lines(pieces), 1):
            if not line or line.isspace():
                continue
            lines.append(number)
            yield _document(line)
    except UnreadableBodyError as error:
        raise UnreadableBodyError(f"{error} That is after line {number}.") from error


def _document(line: bytes) -> Any:
    try:
        return DECODER.decode(line.decode())
    except (ValueError, RecursionError) as error:
        return Unreadable(f"is not in valid JSON format: {place(error, of_a_line=True)}")


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    begun: list[bytes] = []
    for piece in pieces:
        first, *others = piece.split(b"\n")
        begun.append(first)
        for other in others:
            yield b"".join(begun)
            begun = [other]
    yield b"".join(begun)
