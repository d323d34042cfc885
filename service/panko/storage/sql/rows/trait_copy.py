"""The copy of an event's traits beside the trait tables: one JSON text, read whole with the event.

Pure. A page of a hundred events has more than a thousand traits, and reading that many rows is most of a page's cost.
The tables stay the truth for every filter, and for events of the original's writers, which have no copy.
"""

import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from panko.event import Trait, TraitType

TYPES = {int(kind): kind for kind in TraitType}
NUMBERS = tuple(range(len(TraitType) + 1))  # by trait type: an int() of a member of an enumeration takes twice as long
DATETIME = TraitType.DATETIME


def to_text(traits: Sequence[Trait]) -> str | None:
    """Write traits in the order in which they are served; None when JSON has no word for a value.

    The original stored what no API takes: floats that are infinite or no numbers. Their tables go on serving those.
    """
    if not all(map(math.isfinite, [value for _name, _dtype, value in traits if type(value) is float])):
        return None
    return orjson.dumps(_triples(traits)).decode()


def to_any_text(traits: Sequence[Trait]) -> str:
    """Write traits in the same form, with the words of Python where JSON has none."""
    return to_text(traits) or json.dumps(_triples(traits))


def from_text(text: str) -> tuple[Trait, ...]:
    """Read traits back, to the last bit."""
    return tuple(
        [
            Trait(name, TYPES[dtype], instant(value) if dtype == TraitType.DATETIME and value else value)
            for name, dtype, value in orjson.loads(text)
        ]
    )


def _triples(traits: Sequence[Trait]) -> list[tuple[str, int, Any]]:
    return [
        (name, NUMBERS[dtype], plain(value) if dtype == DATETIME and value else value) for name, dtype, value in traits
    ]


def plain(value: Any) -> str:
    """Write a time in UTC and without zone, as in the API."""
    return str(value.astimezone(UTC).replace(tzinfo=None).isoformat())


def instant(value: str) -> datetime:
    """Read such a time."""
    return datetime.fromisoformat(value).replace(tzinfo=UTC)
