"""What is stored is what comes back, to the last bit."""

from datetime import UTC, datetime

import pytest

from event_model.asked import asked_by_v2
from panko.event import Event, Trait, TraitType
from panko.filters import EventFilter, Everything, Page

ALL = EventFilter(Everything())
NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


def stored(store, event):
    store.record_events([event])
    (found,) = store.get_events(asked_by_v2(Everything(), message_id=event.message_id), Page(10))
    return found


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (TraitType.TEXT, ""),
        (TraitType.TEXT, "trailing space "),
        (TraitType.TEXT, "snow ☃ and a face 😀"),
        (TraitType.TEXT, "x" * 255),
        (TraitType.TEXT, "it's \"quoted\", \\ and \\' too; 100 % of %s"),
        (TraitType.TEXT, "'"),
        (TraitType.TEXT, "ends with \\"),
        (TraitType.TEXT, "lines\r\nand\ttabs, \x1a and \x7f"),
        (TraitType.TEXT, None),
        (TraitType.INTEGER, 0),
        (TraitType.INTEGER, 2**63 - 1),
        (TraitType.INTEGER, -(2**63)),
        (TraitType.INTEGER, None),
        (TraitType.FLOAT, 1e-07),
        (TraitType.FLOAT, 1.5e300),
        (TraitType.FLOAT, 100.123456),
        (TraitType.FLOAT, 0.1 + 0.2),
        (TraitType.FLOAT, 5e-324),
        (TraitType.FLOAT, None),
        (TraitType.DATETIME, datetime(2014, 1, 1, 5, 0, 0, 500001, tzinfo=UTC)),
        (TraitType.DATETIME, datetime(1900, 1, 1, tzinfo=UTC)),
        (TraitType.DATETIME, datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        (TraitType.DATETIME, None),
    ],
)
def test_a_trait_comes_back_as_it_was(store, kind, value):
    event = Event("1", "t", NOON, (Trait("it", kind, value),))
    assert stored(store, event) == event


@pytest.mark.parametrize(
    "raw", [{}, None, [], "text", {"deep": [{"a": 1.5, "b": None}]}, {"snow": "☃😀"}, {"big": "x" * 200_000}, "\ud800"]
)
def test_raw_comes_back_as_it_was(store, raw):
    assert stored(store, Event("1", "t", NOON, (), raw)).raw == raw


@pytest.mark.parametrize("microsecond", [0, 1, 123456, 999999])
def test_generated_is_exact_to_the_microsecond(store, microsecond):
    event = Event("1", "t", NOON.replace(microsecond=microsecond))
    assert stored(store, event).generated == event.generated


def test_traits_are_sorted_by_name_without_regard_to_case(store):
    names = ["Zeta", "alpha", "mixed", "Beta"]
    event = Event("1", "t", NOON, tuple(Trait(name, TraitType.TEXT, "v") for name in names))
    assert [trait.name for trait in stored(store, event).traits] == ["alpha", "Beta", "mixed", "Zeta"]


def test_one_name_may_occur_once_for_each_type(store):
    traits = (
        Trait("n", TraitType.TEXT, "1"),
        Trait("n", TraitType.INTEGER, 1),
        Trait("n", TraitType.FLOAT, 1.0),
        Trait("n", TraitType.DATETIME, NOON),
    )
    assert stored(store, Event("1", "t", NOON, traits)).traits == traits


def test_a_batch_of_large_events_is_stored_whole(store):
    events = [
        Event(f"{n:04}", f"type {n % 7}", NOON, (Trait("n", TraitType.INTEGER, n),), {"x": "y" * 3000})
        for n in range(1200)
    ]
    assert store.record_events(events).created == 1200
    assert store.get_events(ALL, Page(2000)) == events


def test_message_ids_that_differ_in_case_or_trailing_spaces_are_different_events(store):
    ids = ["d", "D", "d ", "é", "e"]
    assert store.record_events([Event(id_, "t", NOON) for id_ in ids]).created == 5
    assert {event.message_id for event in store.get_events(ALL, Page(10))} == set(ids)


def test_event_types_are_kept_in_the_spelling_of_their_event(store):
    types = ["compute.Start", "compute.start", "😀", "😁"]
    events = [Event(str(n), name, NOON) for n, name in enumerate(types)]
    store.record_events(events)
    assert [event.event_type for event in store.get_events(ALL, Page(10))] == types
