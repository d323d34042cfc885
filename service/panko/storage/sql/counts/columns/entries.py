"""Events as what is kept of each of them, and as columns. Pure.

What was counted too much is taken back by entries of their own, for nothing that is stored is changed: then one column
more says for each entry whether it adds an event or takes one away.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from panko.filters.counting import VALUED, Field
from panko.storage.sql.counts.columns.column import Column, column, joined, same

ADDED, TAKEN = 1, -1
# The places of columns in what is stored, which VALUED goes on with.
CHANGE, PROJECT, TYPE, OUTCOME, FIRST_VALUED = range(5)
PLACES = range(PROJECT, FIRST_VALUED + len(VALUED))
# Who does something mostly does it again, in the same place: columns are short in this order, and soon read.
IN_ORDER_OF = (PROJECT, FIRST_VALUED + VALUED.index("user_id"), TYPE)
MOST_IN_ORDER = 50_000  # entries; while more are sorted no other thread of the process goes on

# What is kept of an event, in the order of PLACES: numbers of its project, type and outcome, and its values.
Entry = tuple[Any, ...]
Columns = Mapping[int, Column]  # by their places


def place_of(field: Field) -> int | None:
    """Return the place of the column that tells a field; None where there is none."""
    if field.is_type:
        return TYPE
    if field.is_outcome:
        return OUTCOME
    if field.is_project:
        return PROJECT
    return place_of_valued(field.name) if field.is_valued else None


def place_of_valued(name: str) -> int:
    """Return the place of the column of a trait of VALUED."""
    return FIRST_VALUED + VALUED.index(name)


def as_columns(entries: Counter[Entry]) -> Columns:
    """Return the columns of events, or of how two counts of events differ; nothing for none."""
    added, taken = [*entries.elements()], [*(-entries).elements()]
    each = [*added, *taken]
    if not each:
        return {}
    found = dict(zip(PLACES, map(column, zip(*each, strict=True)), strict=True))
    if taken:
        found[CHANGE] = joined((same(ADDED, len(added)), same(TAKEN, len(taken))))
    return _in_order(found)


def counted(parts: Iterable[Columns]) -> Counter[Entry]:
    """Add up the entries of whole columns."""
    found: Counter[Entry] = Counter()
    for part in parts:
        entries = zip(*(part[place].of_each() for place in PLACES), strict=True)
        for change, entry in zip(changes(part), entries, strict=True):
            found[entry] += change
    return found


def together(parts: Iterable[Columns]) -> Columns:
    """Put whole columns one after the other; nothing for none."""
    known = list(parts)
    if not known:
        return {}
    found = {place: joined(part[place] for part in known) for place in PLACES}
    if any(CHANGE in part for part in known):
        found[CHANGE] = joined(part.get(CHANGE) or same(ADDED, length(part)) for part in known)
    return _in_order(found)


def changes(part: Columns) -> Sequence[int]:
    """Return for each entry whether it adds an event or takes one away."""
    told = part.get(CHANGE)
    if told is None:
        return [ADDED] * length(part)
    return [TAKEN if value == TAKEN else ADDED for value in told.of_each()]


def events(part: Columns) -> int:
    """Return how many events are left of what is added and taken away."""
    return sum(changes(part)) if CHANGE in part else length(part)


def length(part: Columns) -> int:
    """Return how many entries there are."""
    return len(next(iter(part.values())).numbers)


def _in_order(part: Columns) -> Columns:
    if length(part) > MOST_IN_ORDER:
        return part
    keys = list(zip(*(part[place].numbers for place in IN_ORDER_OF), strict=True))
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return {place: each.rearranged(order) for place, each in part.items()}
