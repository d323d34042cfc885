"""Copies of traits by their shape: names once, values beside each event."""

import dataclasses
import itertools
import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, update

from panko.event import Event, Trait, TraitType
from panko.filters import EventFilter, Everything, MessageIdFilter, Page
from panko.storage import Recorded
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.rows import trait_copy
from panko.storage.sql.rows.encode import in_order
from panko.storage.sql.rows.owners import numbers
from panko.storage.sql.rows.shapes import shape
from panko.storage.sql.rows.shapes.known import Shapes
from panko.storage.sql.rows.shapes.layout import laid_out
from panko.storage.sql.rows.shapes.shape import MOST_BYTES, Shape
from panko.storage.sql.rows.tables import EVENT, TRAIT_SHAPE
from panko.storage.sql.schema.migrate import upgrade
from panko.storage.sql.writing.trait_shapes import MOST_SHAPES

NOON = datetime(2026, 11, 22, 12, 0, 0, 1, tzinfo=UTC)
TRAITS = (
    Trait("state", TraitType.TEXT, 'snow ☃ 😀 " \\ '),
    Trait("Size", TraitType.INTEGER, -(2**63)),
    Trait("size", TraitType.FLOAT, 5e-324),
    Trait("at", TraitType.DATETIME, NOON),
    Trait("none", TraitType.DATETIME, None),
    Trait("project_id", TraitType.TEXT, "p"),
    Trait("user_id", TraitType.TEXT, "u"),
)
ALIKE = [Event(f"e{number}", "t", NOON, TRAITS[number:] + TRAITS[:number]) for number in range(3)]
ALL = EventFilter(Everything())

VALUES = {
    TraitType.TEXT: st.text(st.characters(blacklist_categories=("Cs",)), max_size=9),
    TraitType.INTEGER: st.integers(-(2**63), 2**63 - 1),
    TraitType.FLOAT: st.floats(allow_nan=False, allow_infinity=False),
    TraitType.DATETIME: st.datetimes(timezones=st.just(UTC)),
}


@st.composite
def some_traits(draw):
    texts = st.text("aAbé☃_", min_size=1, max_size=3) | st.sampled_from(("project_id", "user_id"))
    names = st.tuples(texts, st.sampled_from(TraitType))
    pairs = draw(st.lists(names, max_size=8, unique=True))
    return tuple(Trait(name, kind, draw(st.none() | VALUES[kind])) for name, kind in pairs)


@given(some_traits())
def test_a_copy_by_shape_says_what_a_copy_by_names_says(traits):
    layout, values = laid_out(traits)
    copy, names = layout.copy(values), trait_copy.to_text(in_order(traits))
    assert layout.owners(values) == numbers(traits)
    assert (copy is None) == (not traits)
    if copy is not None:
        shapes = {layout.shape.number: Shape.read(layout.shape.text)}
        assert repr(shape.traits(copy, shapes)) == repr(trait_copy.from_text(names))
        assert shape.told(copy, shapes) == names
    assert (shape.traits(names, {}), shape.told(names, {})) == (trait_copy.from_text(names), names)


def test_events_of_the_same_names_have_one_shape_in_whatever_order_they_name_them():
    laid = [laid_out(event.traits) for event in ALIKE]
    assert len({layout.shape.number for layout, _values in laid}) == 1
    assert len({layout.copy(values) for layout, values in laid}) == 1
    other, _values = laid_out((*TRAITS[1:], Trait("state", TraitType.INTEGER, 1)))
    assert other.shape.number != laid[0][0].shape.number


def test_a_number_is_made_of_the_shape_and_of_nothing_else():
    assert Shape.of([("host", 1), ("size", 2)]).number == 2_071_875_988
    assert 0 <= laid_out(TRAITS)[0].shape.number < 2**31


def test_what_json_has_no_word_for_has_no_copy():
    for value in (math.inf, math.nan):
        layout, values = laid_out((Trait("n", TraitType.FLOAT, value),))
        assert layout.copy(values) is None


def test_names_that_are_much_are_not_said_elsewhere():
    """A page is bounded by the bytes of its copies, and names would come on top of them."""
    layout, values = laid_out(tuple(Trait(f"{n:0250}", TraitType.INTEGER, n) for n in range(MOST_BYTES // 250 + 1)))
    assert layout.shape is None
    assert layout.copy(values) is None
    assert [name for _place, _number, name in layout.rows] == [f"{n:0250}" for n in range(MOST_BYTES // 250 + 1)]


def test_a_writer_that_begins_again_takes_no_shape_from_those_who_read():
    """It looks for shapes anew; a page that is about to be made of rows that were read needs them still."""
    memory, shape_ = Shapes(), Shape.of([("host", 1)])
    memory.remember({shape_.number: shape_.text})
    assert memory.stored([shape_.number]) == {shape_.number: shape_.text}
    memory.forget()
    assert memory.stored([shape_.number]) == {}
    assert memory.known[shape_.number].text == shape_.text


# In a store


@pytest.fixture
def url(tmp_path):
    path = f"sqlite:///{tmp_path}/panko.sqlite"
    upgrade(path)
    return path


@pytest.fixture
def store(url):
    made = connect(url, ConnectionSettings())
    yield made
    made.dispose()


def execute(store, statement, *values):
    with store._engine.begin() as connection:
        return connection.execute(statement, *values)


def copies(store):
    """Return the two copies of each event."""
    with store._engine.connect() as connection:
        return connection.execute(select(EVENT.c.packed, EVENT.c.traits).order_by(EVENT.c.message_id)).all()


def shapes(store):
    with store._engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(TRAIT_SHAPE)).scalar_one()


def served(store):
    whole = store.get_events(ALL, Page(100))
    single = [store.get_events(EventFilter(Everything(), MessageIdFilter(one.message_id)), Page(1))[0] for one in whole]
    assert whole == single
    return {one.message_id: one.traits for one in whole}


WHOLE = dict.fromkeys(("e0", "e1", "e2"), in_order(TRAITS))


def test_events_that_are_alike_are_copied_without_names(store, url):
    assert store.record_events(ALIKE) == Recorded(created=3, duplicates=0)
    assert store.record_events(ALIKE[:1]) == Recorded(created=0, duplicates=1)
    assert shapes(store) == 1
    assert {names for _packed, names in copies(store)} == {None}
    assert "project_id" not in str(copies(store))
    assert served(store) == WHOLE
    another = connect(url, ConnectionSettings())
    assert served(another) == WHOLE
    assert [one.traits for one in another.expired(older_than=datetime.max.replace(tzinfo=UTC))] == [
        trait_copy.to_text(WHOLE["e0"])
    ] * 3
    another.dispose()


def test_what_a_release_before_copied_is_served_too(store):
    store.record_events(ALIKE)
    names = trait_copy.to_text(in_order(TRAITS))
    execute(store, update(EVENT).where(EVENT.c.message_id == "e1").values(packed=None, traits=names))
    assert served(store) == WHOLE
    assert store.record_events(ALIKE).duplicates == 3


def test_an_event_whose_shape_is_gone_is_read_from_the_tables_of_its_traits(store, url):
    store.record_events(ALIKE)
    execute(store, TRAIT_SHAPE.delete())
    another = connect(url, ConnectionSettings())
    assert served(another) == WHOLE
    assert another.record_events(ALIKE) == Recorded(created=0, duplicates=3)
    assert [one.message_id for one in another.expired(older_than=datetime.max.replace(tzinfo=UTC))] == list(WHOLE)
    another.dispose()


def test_a_number_that_another_shape_has_is_left_to_it(store):
    number = laid_out(TRAITS)[0].shape.number
    execute(store, insert(TRAIT_SHAPE), {"id": number, "shape": '[["other",1]]'})
    store.record_events(ALIKE)
    assert {packed for packed, _names in copies(store)} == {None}
    assert served(store) == WHOLE


def test_there_is_an_end_to_new_shapes_and_events_of_others_name_their_traits(store):
    taken = itertools.islice(itertools.count(), MOST_SHAPES - 1)
    execute(store, insert(TRAIT_SHAPE), [{"id": id_, "shape": "[]"} for id_ in taken])
    store.record_events(ALIKE[:1])
    other = tuple(trait._replace(name=f"{trait.name}2") for trait in TRAITS)
    for message_id in ("e1", "e2"):
        store.record_events([dataclasses.replace(ALIKE[0], message_id=message_id, traits=other)])
    assert [packed is None for packed, _names in copies(store)] == [False, True, True]
    assert served(store) == WHOLE | dict.fromkeys(("e1", "e2"), in_order(other))
    assert shapes(store) == MOST_SHAPES


def test_a_transaction_that_is_taken_back_leaves_no_shape_to_rely_on(store):
    store.check_writing()
    assert shapes(store) == 0
    with pytest.raises(TypeError):
        store.record_events([dataclasses.replace(ALIKE[0], raw={"no JSON": {1, 2}})])
    store.record_events(ALIKE)
    assert (shapes(store), served(store)) == (1, WHOLE)
