"""Counts by the values of a few text traits, as they are kept and read.

Values are told apart to the byte and put together by whoever reads them: databases differ in what they take for one.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, func, null, or_, select

from panko.filters import Comparison, Expression, Or, TraitFilter, TraitPrefix
from panko.filters.counting import VALUED, Grouping, Keys
from panko.filters.expressions import alternatives
from panko.storage.sql.counts import groups
from panko.storage.sql.counts.hours import SECONDS, Run
from panko.storage.sql.counts.outcomes import numbers
from panko.storage.sql.counts.units import HOURS, Place, Unit
from panko.storage.sql.engines import planner
from panko.storage.sql.reading.comparisons import begins_with, same_text
from panko.storage.sql.rows.tables import COUNT_HOUR, EVENT_VALUE_COUNT

KEPT = EVENT_VALUE_COUNT.c
FEW_HOURS = 100  # are looked for one by one; of more, all that is kept of a trait is read


class Key(NamedTuple):
    """What events are counted by; `trait` is a place in VALUED."""

    trait: int
    value: str
    outcome: int


def kept(connection: Connection, hour_id: int) -> Counter[Key]:
    """Return what is kept of an hour."""
    statement = select(KEPT.trait, KEPT.value, KEPT.outcome, KEPT.events).where(KEPT.hour_id == hour_id)
    counted: Counter[Key] = Counter()
    for *key, events in connection.execute(statement):
        counted[Key(*key)] += events
    return counted


def rows(counted: Mapping[Key, int], place: Place, *, seq: int) -> list[tuple[Any, ...]]:
    """Return the rows that keep what a step has counted of an hour or a block."""
    return [
        (place.id, key.trait, seq, number, key.value, key.outcome, place.hour, events)
        for number, (key, events) in enumerate(sorted(counted.items()))
    ]


def asked(grouping: Grouping) -> str | None:
    """Return the trait by whose values what is kept can answer; None where it cannot, or by something else."""
    keys, field = grouping.keys, grouping.field
    if keys is None or keys.types is not None or keys.projects is not None:
        return None
    if not keys.valued:
        return field.name if field is not None and field.is_valued else None
    if len(keys.valued) > 1 or keys.valued[0].is_negated:
        return None
    name = keys.valued[0].name
    return name if field is None or field.is_outcome or (field.is_trait and field.name == name) else None


def counted(trait: str, unit: Unit, run: Run, grouping: Grouping, keys: Keys) -> Select[Any]:
    """Add up what is kept of hours or blocks, for a grouping that asks for the values of a trait."""
    field, valued, kept_of = grouping.field, keys.valued, unit.values.c
    span = groups.span_of(kept_of.hour * SECONDS, grouping.spans)
    told: ColumnElement[Any] = null()
    if field is not None:
        told = kept_of.outcome if field.is_outcome else kept_of.value
    statement = groups.grouped(span, told, func.sum(kept_of.events))
    conditions = [kept_of.trait == VALUED.index(trait)]
    conditions += [holds(each.expression, kept_of.value) for each in valued]
    if keys.outcomes is not None:
        conditions.append(kept_of.outcome.in_(numbers(keys.outcomes)))
    if unit is HOURS and not valued and run.has_at_most(FEW_HOURS):
        of_hours = COUNT_HOUR.join(EVENT_VALUE_COUNT, KEPT.hour_id == COUNT_HOUR.c.id)
        by_hour = planner.in_this_order(statement.select_from(of_hours))
        return by_hour.where(run.of(COUNT_HOUR.c.hour), *conditions)
    # In the order of values, which need not be sorted then.
    index = f"ix_{unit.values.name}_trait_value_hour"
    by_value = planner.by_index(statement.select_from(unit.values), unit.values, index)
    return by_value.where(run.of(kept_of.hour), *conditions)


def has_prefix(expression: Expression) -> bool:
    """Tell whether a term asks for what values begin with."""
    return any(isinstance(term, TraitPrefix) for term in alternatives(expression))


def holds(expression: Expression, value: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition on a value that is kept."""
    match expression:
        case Or(inner):
            return or_(*(holds(one, value) for one in inner))
        case TraitFilter(_name, _type, Comparison.EQ, str(wanted)):
            return same_text(value, wanted)
        case TraitPrefix(_name, prefix):
            return begins_with(value, prefix)
        case _:
            raise AssertionError(expression)
