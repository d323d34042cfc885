"""Insert what was counted of an hour or a block. Nothing that is there is changed: counts of one key are added up."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table

from panko.storage.sql import engines
from panko.storage.sql.counts import values
from panko.storage.sql.counts.columns import stored
from panko.storage.sql.counts.columns.entries import Columns, as_columns
from panko.storage.sql.counts.keys import BY_PROJECT, BY_TYPE, EVERY
from panko.storage.sql.counts.settling.marks import Step
from panko.storage.sql.counts.settling.tally import NO_KEY, Key, Tally
from panko.storage.sql.counts.units import Place
from panko.storage.sql.rows.tables import COLUMN_COLUMNS, COUNT_COLUMNS, VALUE_COUNT_COLUMNS


def add(step: Step, place: Place, found: Tally) -> None:
    """Insert counts and entries."""
    add_counts(step, place, found)
    add_columns(step, place, as_columns(found.entries))


def add_columns(step: Step, place: Place, columns: Columns) -> None:
    """Insert columns, of which a step has those of as many entries."""
    unit = place.unit
    insert(step.connection, unit.columns, (unit.owner, *COLUMN_COLUMNS), stored.rows(columns, place, seq=step.seq))


def add_counts(step: Step, place: Place, found: Tally) -> None:
    """Insert counts, once for each level that is kept there."""
    rows = []
    for level in place.unit.levels:
        rows += [_row(step, place, level, key, number) for key, number in sorted(_of_level(found, level).items())]
    unit = place.unit
    insert(step.connection, unit.counts, (unit.owner, *COUNT_COLUMNS), rows)
    of_values = values.rows(found.valued, place, seq=step.seq)
    insert(step.connection, unit.values, (unit.owner, *VALUE_COUNT_COLUMNS), of_values)


def say(step: Step, place: Place, *, level: int) -> None:
    """Insert a row that counts nothing, for what its level means."""
    unit = place.unit
    insert(step.connection, unit.counts, (unit.owner, *COUNT_COLUMNS), [_row(step, place, level, NO_KEY, 0)])


def insert(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert rows, as few or many as there are."""
    found = list(rows)
    if found:
        engines.of(connection.dialect).insert_rows(connection, table, columns, found)


def _of_level(found: Tally, level: int) -> Counter[Key]:
    counted: Counter[Key] = Counter()
    for key, number in found.keys.items():
        project = key.project if level & BY_PROJECT else EVERY
        counted[Key(project, key.event_type_id if level & BY_TYPE else EVERY, key.outcome)] += number
    return counted


def _row(step: Step, place: Place, level: int, key: Key, events: int) -> tuple[int, ...]:
    return (place.id, step.seq, level, *key, place.hour, events)
