"""Columns: what is stored of them is what they were, and what they say is what the events say."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panko.storage.sql.counts.columns import column, selection
from panko.storage.sql.counts.columns.entries import (
    CHANGE,
    OUTCOME,
    PLACES,
    PROJECT,
    TYPE,
    as_columns,
    counted,
    together,
)

texts = st.none() | st.sampled_from(["a", "A", "\n", "\0", "ö", "\U0001f600", "'", "a\\"])
entry = st.tuples(st.integers(0, 3), st.integers(0, 300), st.integers(0, 3), *([texts] * (len(PLACES) - 3)))
differences = st.dictionaries(entry, st.integers(-3, 3).filter(bool)).map(Counter)


def stored(columns):
    """Return columns as they are read again."""
    return {place: column.unpacked(column.packed(each)) for place, each in columns.items()}


@pytest.mark.parametrize(("values", "width"), [(1, 1), (256, 1), (257, 2), (65_536, 2), (65_537, 4)])
@pytest.mark.parametrize("is_swapped", [False, True])
def test_a_column_takes_as_many_bytes_as_its_values_need(values, width, is_swapped, monkeypatch):
    monkeypatch.setattr(column, "IS_SWAPPED", is_swapped)
    of_each = [f"value {number}" for number in range(values)] * 2
    made = column.column(of_each)
    found = column.unpacked(column.packed(made))
    assert list(found.of_each()) == of_each
    assert memoryview(made.numbers).itemsize == width
    assert list(column.joined([found, found]).of_each()) == of_each * 2


def test_columns_of_few_values_that_have_many_together_are_joined():
    parts = [column.column(f"{part}-{number}" for number in range(200)) for part in range(3)]
    assert list(column.joined(parts).of_each()) == [value for part in parts for value in part.of_each()]


@given(differences)
def test_entries_are_what_their_columns_say(wanted):
    columns = stored(as_columns(wanted))
    assert counted([columns] if columns else []) == wanted
    assert (CHANGE in columns) == any(events < 0 for events in wanted.values())


@given(st.lists(differences, max_size=4))
def test_columns_that_are_put_together_say_what_all_of_them_say(parts):
    known = [columns for columns in map(as_columns, parts) if columns]
    columns = stored(together(known))
    added = Counter()
    for part in parts:
        added.update(part)
    assert {one: events for one, events in counted([columns] if columns else []).items() if events} == {
        one: events for one, events in added.items() if events
    }


wanted_values = st.fixed_dictionaries(
    {},
    optional={
        PROJECT: st.frozensets(st.integers(0, 3)),
        TYPE: st.frozensets(st.integers(0, 300), max_size=200),
        OUTCOME: st.frozensets(st.integers(0, 3)),
        PLACES[-1]: st.frozensets(texts),
    },
)


@given(wanted=differences, values=wanted_values, place=st.none() | st.sampled_from(PLACES))
def test_what_is_selected_and_counted_is_what_events_say(wanted, values, place):
    columns = stored(as_columns(wanted))
    expected = Counter()
    for one, events in wanted.items():
        if all(one[where - PROJECT] in some for where, some in values.items()):
            expected[None if place is None else one[place - PROJECT]] += events
    found = selection.count(columns, selection.selected(columns, list(values.items())), place) if columns else {}
    assert {value: events for value, events in found.items() if events} == {
        value: events for value, events in expected.items() if events
    }


def test_values_of_which_there_are_many_are_selected_and_counted_too():
    many = Counter({(number % 2, number, 0, *([None] * (len(PLACES) - 3))): 1 for number in range(300)})
    columns = stored(as_columns(many))
    selected = selection.selected(columns, [(TYPE, {7, 260, 299}), (PROJECT, {1})])
    assert selection.count(columns, selected, TYPE) == {7: 1, 299: 1}
    assert selection.count(columns, range(300), PROJECT) == {0: 150, 1: 150}
