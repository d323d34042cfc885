"""Times as people write them and as the API does. Pure but for `option`: what is now is told."""

import argparse
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from panko_client.errors import InputError

UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
SIZES: Final = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
AGO: Final = re.compile(r"([0-9]{1,6})([smhdw])")


def parse(text: str, now: datetime) -> datetime:
    """Return the moment that `10m`, `2h`, `3d` (ago) or an ISO 8601 time names; without a zone it is UTC."""
    found = AGO.fullmatch(text.strip())
    try:
        if found:
            return now - timedelta(**{UNITS[found[2]]: int(found[1])})
        return aware(datetime.fromisoformat(text.strip()))
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"{text!r} is no time: write how long ago, such as 10m, 2h or 3d, or 2026-11-22T14:45:50."
        ) from error


def option(text: str) -> datetime:
    """Return the moment that an option of a command line names, from now on."""
    try:
        return parse(text, datetime.now(UTC))
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def aware(moment: datetime) -> datetime:
    """Return a moment in UTC; without a zone it is taken for UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def read(text: str) -> datetime:
    """Return a moment that the API has written."""
    return aware(datetime.fromisoformat(text))


def ago(length: timedelta) -> str:
    """Return how long ago something was, in the largest unit of which it is one at least."""
    seconds = max(int(length.total_seconds()), 0)
    number, unit = next((seconds // size, unit) for size, unit in SIZES if seconds >= size or size == 1)
    return f"{number} {unit} ago"


def written(moment: datetime) -> str:
    """Return a moment as the API writes it: UTC, without a zone."""
    return aware(moment).replace(tzinfo=None).isoformat()
