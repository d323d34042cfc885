"""Moments and spans of time as a search says them. Pure.

A moment is ISO 8601, or how long ago: `-15m`, `-2h`, `-7d`. A span is the same without the minus.
"""

import re
from datetime import datetime, timedelta

from panko.errors import InvalidInputError
from panko.literals import parse_timestamp
from panko.quoting import quote

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
AGO = re.compile(r"-(?P<number>[0-9]{1,6})(?P<unit>[smhdw])")


def moment(name: str, text: str, *, now: datetime) -> datetime:
    """Return a moment, aware and in UTC. Raise InvalidInputError."""
    ago = AGO.fullmatch(text)
    try:
        return now - _span(ago) if ago else parse_timestamp(text)
    except (ValueError, OverflowError):
        message = (
            f"{name}={quote(text)} is no moment. Write ISO 8601, such as 2026-11-22T14:00:00, or how long ago, such as "
            "-15m, -2h or -7d."
        )
        raise InvalidInputError(message) from None


def span(name: str, text: str, *, most: timedelta) -> timedelta:
    """Return a span of a second at least. Raise InvalidInputError."""
    match = AGO.fullmatch(f"-{text}")
    found = _span(match) if match else timedelta(0)
    if not timedelta(seconds=1) <= found <= most:
        message = f"{name}={quote(text)} is no span of 1s to {most.total_seconds():.0f}s. Write one, such as 60s or 5m."
        raise InvalidInputError(message)
    return found


def _span(match: re.Match[str]) -> timedelta:
    return timedelta(**{UNITS[match["unit"]]: int(match["number"])})
