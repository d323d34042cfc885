"""What makes two events the same, and the rows of one."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from panko.errors import EventConflictError
from panko.event import Event, Trait, TraitType
from panko.storage.sql.rows import owners
from panko.storage.sql.rows.collation import name_collisions
from panko.storage.sql.rows.encode import event_row, lay, trait_rows
from panko.storage.sql.rows.events import EventRow, Events
from panko.storage.sql.rows.sameness import differ, distinct
from panko.storage.sql.rows.tables import WRITER_LENGTH

NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
SIZE, NAME = Trait("size", TraitType.FLOAT, 1), Trait("name", TraitType.TEXT, "vm")
OWNER = (Trait("project_id", TraitType.TEXT, "p"), Trait("user_id", TraitType.TEXT, "u"))
EVENT = Event("m", "t", NOON, (SIZE, NAME, *OWNER), {"a": 1, "b": 2}, writer="publisher:one")


@pytest.mark.parametrize(
    "same",
    [
        {"traits": (*OWNER, NAME, SIZE)},
        {"traits": (Trait("size", TraitType.FLOAT, 1.0), NAME, *OWNER)},
        {"raw": {"b": 2, "a": 1}},
        {"writer": "publisher:two"},
    ],
    ids=["order of traits", "a whole float", "order of keys", "another writer"],
)
def test_what_storing_does_not_keep_makes_no_difference(same):
    assert not differ(EVENT, dataclasses.replace(EVENT, **same))


@pytest.mark.parametrize(
    "other",
    [
        {"event_type": "T"},
        {"generated": NOON.replace(microsecond=1)},
        {"traits": (Trait("size", TraitType.INTEGER, 1), NAME, *OWNER)},
        {"raw": {"a": True, "b": 2}},
    ],
    ids=["type", "time", "type of a trait", "true is not 1"],
)
def test_what_is_kept_makes_a_difference(other):
    assert differ(EVENT, dataclasses.replace(EVENT, **other))


def test_repetitions_are_stored_once_and_in_one_order():
    again, other = dataclasses.replace(EVENT), dataclasses.replace(EVENT, message_id="a")
    assert distinct([EVENT, other, again]) == [other, EVENT]
    assert distinct([EVENT, dataclasses.replace(EVENT, writer="publisher:two")])[0].writer == "publisher:one"
    with pytest.raises(EventConflictError):
        distinct([EVENT, dataclasses.replace(EVENT, raw=None)])


def test_events_are_stored_in_the_order_of_time():
    earlier = dataclasses.replace(EVENT, message_id="z", generated=NOON - timedelta(microseconds=1))
    timeless = dataclasses.replace(EVENT, message_id="y", generated=None)
    assert distinct([EVENT, earlier, timeless]) == [timeless, earlier, EVENT]


def test_the_rows_of_an_events_traits_are_in_the_order_of_the_primary_key():
    names = [
        name for _event_id, name, *_ in trait_rows([(lay(EVENT), event_row(lay(EVENT), 7))], {"m": 5})[TraitType.TEXT]
    ]
    turned = dataclasses.replace(EVENT, traits=EVENT.traits[::-1])
    again = trait_rows([(lay(turned), event_row(lay(turned), 7))], {"m": 5})[TraitType.TEXT]
    assert names == [name for _event_id, name, *_ in again] == ["name", "project_id", "user_id"]


def test_every_row_of_an_event_has_its_owner():
    row = event_row(lay(EVENT), 7)
    owner = owners.of_traits(*owners.numbers(OWNER))
    found = trait_rows([(lay(EVENT), row)], {"m": 5})
    assert found[TraitType.TEXT] == [(5, trait.name, trait.value, owner) for trait in (NAME, *OWNER)]
    assert found[TraitType.FLOAT] == [(5, "size", 1, owner)]
    assert (row["event_type_id"], row["writer"]) == (7, "publisher:one")


def test_a_writer_fits_its_column():
    assert event_row(lay(dataclasses.replace(EVENT, writer="w" * 1000)), 7)["writer"] == "w" * WRITER_LENGTH
    assert event_row(lay(dataclasses.replace(EVENT, writer=None)), 7)["writer"] is None


def test_events_are_made_of_their_rows_as_they_were():
    row = event_row(lay(EVENT), 7)
    sized = EventRow(1, "m", "t", NOON, row["raw"], row["traits"], 100)
    found = Events([sized, sized])
    whole = dataclasses.replace(EVENT, traits=tuple(sorted(EVENT.traits, key=lambda trait: trait.name)))
    assert found == [whole, whole]
    assert found[-1] == whole
    assert found[:1] == [whole]
    assert len(found) == 2
    assert not Events([])


def test_names_that_are_one_to_the_database_are_told_by_event():
    weights = {"name": "NAME", "Name": "NAME", "size": "SIZE"}
    traits = (NAME, Trait("Name", TraitType.TEXT, "x"), SIZE)
    assert list(name_collisions([dataclasses.replace(EVENT, traits=traits)], weights)) == ["m"]
    assert name_collisions([dataclasses.replace(EVENT, traits=(NAME, SIZE))], weights) == {}
