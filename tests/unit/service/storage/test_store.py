"""A whole store in a file of SQLite: it answers as is meant, whichever way it finds, and whoever wrote the events."""

import dataclasses
import datetime as dt
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, func, select, text

from event_model import corpus, oracle
from panko.errors import EventConflictError, MarkerNotFoundError, StorageUnavailableError
from panko.event import Event, Trait, TraitType
from panko.filters import (
    And,
    Comparison,
    EventFilter,
    Everything,
    MessageIdFilter,
    Not,
    Or,
    OwnActs,
    Page,
    ProjectAndOwnerless,
    Since,
    SortField,
    SortKey,
    TraitFilter,
    TypeFilter,
    Until,
    WholeProject,
)
from panko.storage import Recorded
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.rows.tables import EVENT, EVENT_TYPE, EVENT_TYPE_TRAIT, TRAITS
from panko.storage.sql.schema.migrate import upgrade

EVENTS = corpus.events(90)
SCOPES = (Everything(), ProjectAndOwnerless("p1"), WholeProject("p1"), OwnActs("p1", "u1"))
STATE = TraitFilter("state", TraitType.TEXT, Comparison.NE, "error")
TERMS = (
    *(TraitFilter("size", TraitType.INTEGER, comparison, 1) for comparison in Comparison),
    TraitFilter("size", TraitType.INTEGER, Comparison.LT, 2**63),
    TraitFilter("state", TraitType.TEXT, Comparison.EQ, "active"),
    TraitFilter("when", TraitType.DATETIME, Comparison.GE, corpus.TIMES[2]),
    STATE,
    TypeFilter("compute.end"),
    TypeFilter("absent"),
    MessageIdFilter(EVENTS[0].message_id),
    Since(corpus.TIMES[1]),
    Until(corpus.TIMES[3]),
)
SORTS = [tuple(map(SortKey, SortField, down)) for down in itertools.product((False, True), repeat=2)]
SORTS += [one[::-1] for one in SORTS]


def inner_nodes(expressions):
    several = st.lists(expressions, min_size=1, max_size=3).map(tuple)
    return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, expressions)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A file where the original has written every third event, and the release before this one another third."""
    path = f"sqlite:///{tmp_path_factory.mktemp('store')}/panko.sqlite"
    upgrade(path)
    store = connect(path, ConnectionSettings())
    store.record_events(EVENTS)
    store.dispose()
    engine = create_engine(path)
    with engine.begin() as writing:
        unknown = dict.fromkeys(("traits", "packed", "project_hash", "owner_hash"))
        writing.execute(EVENT.update().where(EVENT.c.id % 3 == 0).values(unknown))
        for table in TRAITS.values():
            writing.execute(table.update().where(table.c.event_id % 3 < 2).values(owner=None))
    engine.dispose()
    return path


@pytest.fixture(scope="module", params=[0, 60, 10_000], ids=["walk", "both", "drive"])
def filled(request, path):
    store = connect(path, ConnectionSettings(pool_size=1, rare_limit=request.param))
    yield store
    store.dispose()


@pytest.fixture
def empty(tmp_path):
    path = f"sqlite:///{tmp_path}/panko.sqlite"
    upgrade(path)
    store = connect(path, ConnectionSettings())
    yield store
    store.dispose()


def count(store, table):
    with store._engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    scope=st.sampled_from(SCOPES),
    expression=st.recursive(st.sampled_from(TERMS), inner_nodes, max_leaves=6),
    sort=st.sampled_from(SORTS),
    limit=st.sampled_from([20, 1000]),
)
def test_pages_by_marker_are_what_is_meant(filled, scope, expression, sort, limit):
    wanted, found, marker = EventFilter(scope, expression), [], None
    while page := filled.get_events(wanted, Page(limit, sort, marker)):
        found += page
        marker = page[-1].message_id
    assert found == oracle.page_of(EVENTS, wanted, Page(1000, sort), oracle.exact)


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: type(scope).__name__)
@pytest.mark.parametrize("term", TERMS, ids=str)
def test_each_term_alone_is_what_is_meant(filled, scope, term):
    wanted = EventFilter(scope, And((term,)))
    assert filled.get_events(wanted, Page(1000)) == oracle.page_of(EVENTS, wanted, Page(1000), oracle.exact)


@pytest.mark.parametrize("most_bytes", [1, 400])
def test_a_page_ends_where_its_bytes_do(path, most_bytes):
    store = connect(path, ConnectionSettings(max_page_bytes=most_bytes))
    lengths, found, marker = [], [], None
    while page := store.get_events(EventFilter(Everything()), Page(50, marker=marker)):
        lengths.append(len(page))
        found += page
        marker = page[-1].message_id
    store.dispose()
    assert found == oracle.page_of(EVENTS, EventFilter(Everything()), Page(1000), oracle.exact)
    assert max(lengths) == 1 if most_bytes == 1 else 1 < max(lengths) < 20


def test_a_marker_outside_of_the_scope_is_refused(filled):
    foreign = next(event for event in EVENTS if not oracle.is_visible(event, SCOPES[-1]))
    for marker in ("absent", foreign.message_id):
        with pytest.raises(MarkerNotFoundError):
            filled.get_events(EventFilter(SCOPES[-1]), Page(1, marker=marker))


def of_type(name):
    return [trait for event in EVENTS if event.event_type == name for trait in event.traits]


def test_what_there_is_is_listed(filled):
    assert list(filled.get_event_types()) == sorted(corpus.EVENT_TYPES, key=lambda name: (name.lower(), name))
    listed = list(filled.get_trait_types("compute.end"))
    assert sorted(listed) == sorted({(trait.name, trait.type) for trait in of_type("compute.end")})
    assert [kind for _, kind in listed] == sorted(kind for _, kind in listed)
    sizes = list(filled.get_traits("compute.end", "size"))
    assert sorted(map(repr, sizes)) == sorted(repr(one) for one in of_type("compute.end") if one.name == "size")
    assert list(filled.get_traits("absent", "size")) == list(filled.get_trait_types("absent")) == []


def test_names_of_traits_are_listed_without_the_original_too(empty):
    empty.record_events(EVENTS)
    listed = list(empty.get_trait_types("compute.end"))
    assert sorted(listed) == sorted({(trait.name, trait.type) for trait in of_type("compute.end")})


def test_listings_go_on_where_a_statement_ends(empty):
    size = [Trait("size", TraitType.INTEGER, 1)]
    empty.record_events([Event(f"{number}", f"t{number:04}", corpus.BEGIN) for number in range(1001)])
    empty.record_events([Event(f"x{number}", "x", corpus.BEGIN, tuple(size)) for number in range(1001)])
    assert list(empty.get_event_types()) == [f"t{number:04}" for number in range(1001)] + ["x"]
    assert len(list(empty.get_traits("x", "size"))) == 1001


def test_an_event_sent_again_is_a_duplicate_and_another_one_is_refused(empty):
    assert empty.record_events([*EVENTS[:3], EVENTS[0]]) == Recorded(created=3, duplicates=1)
    assert empty.record_events([EVENTS[0], EVENTS[3]]) == Recorded(created=1, duplicates=1)
    with pytest.raises(EventConflictError):
        empty.record_events([EVENTS[4], dataclasses.replace(EVENTS[0], raw="other")])
    assert empty.record_events([]) == Recorded(created=0, duplicates=0)
    assert count(empty, EVENT) == 4


def test_the_oldest_go_first_and_their_types_and_names_with_the_last(empty):
    trait = (Trait("size", TraitType.INTEGER, 1),)
    days = [corpus.BEGIN + dt.timedelta(days=number) for number in range(4)]
    empty.record_events([Event(f"{day}", f"t{day.day}", day, trait) for day in days])
    assert empty.count_expired(older_than=days[3]) == 3
    assert empty.expire(older_than=days[3], batch_size=2) == 2
    assert (count(empty, EVENT_TYPE), count(empty, EVENT_TYPE_TRAIT)) == (4, 4)
    assert empty.expire(older_than=days[3], batch_size=2) == 1
    assert empty.expire(older_than=days[3], batch_size=2) == 0
    assert list(empty.get_event_types()) == ["t4"]
    assert [count(empty, table) for table in (EVENT, TRAITS[TraitType.INTEGER], EVENT_TYPE_TRAIT)] == [1, 1, 1]


@pytest.mark.parametrize(
    "change",
    [EVENT_TYPE_TRAIT.delete(), EVENT_TYPE_TRAIT.update().values(day=EVENT_TYPE_TRAIT.c.day + 1)],
    ids=["gone", "others under their ids"],
)
def test_names_of_an_old_day_that_a_writer_remembers_are_there_whatever_became_of_them(empty, change):
    old = dt.datetime.now(dt.UTC) - dt.timedelta(days=9)
    event = Event("1", "t", old, (Trait("size", TraitType.INTEGER, 1), Trait("name", TraitType.TEXT, "vm")))
    empty.record_events([event])
    with empty._engine.begin() as connection:
        connection.execute(change.where(EVENT_TYPE_TRAIT.c.key == "size"))
    present = count(empty, EVENT_TYPE_TRAIT)
    for message_id in ("2", "3"):
        empty.record_events([dataclasses.replace(event, message_id=message_id)])
        assert count(empty, EVENT_TYPE_TRAIT) == present + 1


def test_a_check_of_writing_leaves_nothing_behind_and_fails_where_an_event_would(empty):
    for _ in range(2):
        empty.check_writing()
    assert [count(empty, table) for table in (EVENT, EVENT_TYPE, EVENT_TYPE_TRAIT, *TRAITS.values())] == [0] * 7
    empty.record_events(EVENTS[:5])
    with empty._engine.begin() as connection:
        connection.execute(text("DROP TABLE trait_float"))
    with pytest.raises(StorageUnavailableError):
        empty.check_writing()
    assert empty.get_events(EventFilter(Everything()), Page(10))


def test_counts_are_kept_while_requests_use_every_connection(tmp_path):
    url = f"sqlite:///{tmp_path}/busy.sqlite"
    upgrade(url)
    store = connect(url, ConnectionSettings(pool_size=1, pool_timeout_seconds=0.1))
    with store._engine.connect():
        assert store.settle_counts() in {True, False}
    assert store.pool().in_use == 0
    store.dispose()


def test_it_tells_of_itself(empty):
    empty.check()
    assert empty.revision()
    assert empty.statements_of_others() == 0
    assert (empty.pool().size, empty.pool().in_use) == (8, 0)
