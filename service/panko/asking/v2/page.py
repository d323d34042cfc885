"""Which part of an answer is asked for: limit and sort.

Pure.
"""

import dataclasses
from collections.abc import Iterable
from typing import Any

from panko.asking.v2.refusals import invalid
from panko.filters import DEFAULT_SORT, SortField, SortKey

SORT_SHAPE = (
    "the sort parameter should be a pair of sort key and sort dir combined with ':', "
    "or only sort key specified and sort dir will be default 'asc', "
)


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """How many events a page holds: when the caller does not say, and at most."""

    default: int
    maximum: int


def limit(sent: Any, limits: Limits) -> int:
    """Return the limit that was sent as text or number, or the default for none and 0; the maximum holds always."""
    if sent is None:
        return min(limits.default, limits.maximum)
    if isinstance(sent, bool) or not isinstance(sent, int | str):
        raise invalid("limit", sent, f"Wrong type. Expected '{int}', got '{type(sent)}'")
    try:
        wanted = int(sent)
    except ValueError as error:
        raise invalid("limit", sent, f"unable to convert to int. Error: {error}") from error
    if wanted < 0:
        raise invalid("limit", sent, "the limit should be a positive integer.")
    return min(wanted or limits.default, limits.maximum)


def sort(sent: Iterable[str]) -> tuple[SortKey, ...]:
    """Return the keys that were sent as `key` or `key:direction`; a key given twice counts once."""
    keys: dict[SortField, SortKey] = {}
    for text in sent:
        key = _sort_key(text)
        keys.setdefault(key.field, key)
    return tuple(keys.values()) or DEFAULT_SORT


def _sort_key(text: str) -> SortKey:
    name, _colon, direction = text.partition(":")
    fields = tuple(field.value for field in SortField)
    if name not in fields:
        raise invalid("sort", text, f"{SORT_SHAPE}the supported sort keys are: {fields}")
    if direction not in ("", "asc", "desc"):
        reason = f"{SORT_SHAPE}the supported sort directions are: {('asc', 'desc')}"
        raise invalid("sort direction", text, reason)
    return SortKey(SortField(name), descending=direction == "desc")
