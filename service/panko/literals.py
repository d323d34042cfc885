"""How times, numbers and texts are written outside of this program, and which of them can be stored.

Pure, and shared by the two doors: `panko.asking.v2` and `panko.validation`.
"""

import re
from datetime import UTC, datetime

import iso8601

INT64_MIN = -(2**63)
INT64_MAX = 2**63 - 1
# 2026-330 is a day of the year, which iso8601 takes for the 30th of March.
ORDINAL = re.compile(r"[0-9]{4}-[0-9]{3}(?![0-9])")
USUAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].+)?")


def parse_timestamp(text: str) -> datetime:
    """Return an ISO 8601 date or time as an aware time in UTC; without a zone it is taken as UTC.

    Raise ValueError when it cannot be read, or leaves the years 1 to 9999 on the way to UTC.
    """
    moment = _read_timestamp(text.strip())
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        message = f"{text} is outside of the years 1 to 9999"
        raise ValueError(message) from error


def _read_timestamp(text: str) -> datetime:
    # Python's own reader takes any character between date and time, but it is fast. All that is unusual is read as in
    # the original.
    if USUAL.fullmatch(text):
        return datetime.fromisoformat(text)
    if ORDINAL.match(text):
        raise ValueError(text)
    try:
        return iso8601.parse_date(text)
    except iso8601.ParseError as error:
        raise ValueError(text) from error


def format_timestamp(moment: datetime) -> str:
    """Write a time as Panko always has: ISO 8601, in UTC, without a zone; microseconds only when there are any."""
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat()


def why_unstorable(text: str) -> str | None:
    """Say why no database would take this text, or return None when it is fine."""
    if "\x00" in text:
        return "it contains a NUL character"
    if text.isascii():
        return None
    try:
        text.encode()
    except UnicodeEncodeError:
        return "it contains half of a surrogate pair, which is no character"
    return None
