"""Texts for people that stay short whatever was sent: quotations, and lists of what is wrong. Pure."""

import itertools
from collections.abc import Iterable

QUOTED_CHARACTERS = 200
NAMED = 100


def quote(value: object, *, most: int = QUOTED_CHARACTERS) -> str:
    """Return a value as text; of a long one its beginning, and how long it is."""
    text = str(value)
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"


def listed(items: Iterable[object], *, separator: str = ", ", most: int = NAMED, more: int = 0) -> str:
    """Name the first items and count the others, with `more` that are counted already."""
    rest = iter(items)
    named = [str(item) for item in itertools.islice(rest, most)]
    more += sum(1 for _ in rest)
    return separator.join([*named, f"and {more} more"] if more else named)
