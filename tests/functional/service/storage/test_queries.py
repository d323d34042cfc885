"""Filters, scopes and pages mean the same in every database as in plain Python."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, func, select
from sqlalchemy.event import listen

from event_model import corpus, oracle
from event_model.asked import asked_by_v2
from panko.asking import bounds
from panko.errors import MarkerNotFoundError
from panko.event import Event, Trait, TraitType
from panko.filters import (
    DEFAULT_SORT,
    And,
    Comparison,
    EventFilter,
    Everything,
    HasTrait,
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
    TraitPrefix,
    TypeFilter,
    TypePrefix,
    TypeSuffix,
    Until,
    WholeProject,
)
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.reading import pages, reader
from panko.storage.sql.reading.plan import plan
from panko.storage.sql.reading.terms import terms as sql_terms
from panko.storage.sql.rows import owners
from panko.storage.sql.rows.tables import EVENT, EVENT_TYPE, TRAITS
from panko.storage.sql.schema.migrate import upgrade
from panko.storage.sql.session.url import normalise

EVENTS = corpus.events(250)
ALL = EventFilter(Everything())
STATE = TraitFilter("state", TraitType.TEXT, Comparison.NE, "absent")
EXAMPLES = settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module", params=[0, 100, 10_000], ids=["walk", "both", "drive"])
def ways(request, filled_database):
    """A store that finds pages by a walk, by a drive, or by whichever counting says."""
    url, fold = filled_database
    connection = connect(url, ConnectionSettings(pool_size=2, rare_limit=request.param))
    yield connection, fold
    connection.dispose()


@pytest.fixture(scope="module")
def filled_database(new_database):
    """A database where the original has written every third event, and the release before this one another third."""
    url = new_database()
    upgrade(url)
    connection = connect(url, ConnectionSettings(pool_size=1))
    connection.record_events(EVENTS)
    connection.dispose()
    engine = create_engine(normalise(url))
    with engine.begin() as writing:
        unknown = dict.fromkeys(("traits", "packed", "project_hash", "owner_hash"))
        writing.execute(EVENT.update().where(EVENT.c.id % 3 == 0).values(unknown))
        for table in TRAITS.values():
            writing.execute(table.update().where(table.c.event_id % 3 < 2).values(owner=None))
    engine.dispose()
    return url, oracle.like_mysql if url.startswith("mysql") else oracle.exact


@st.composite
def trait_filters(draw):
    kind = draw(st.sampled_from(TraitType))
    names = st.sampled_from([*corpus.NAMES, "project_id", "State", "absent"])
    values = [value for value in corpus.VALUES[kind] if value is not None]
    if kind is TraitType.TEXT:
        values += ["p1", "P1"]
    if kind is TraitType.INTEGER:
        values += [2**63, -(2**63) - 1, 10**30]
    return TraitFilter(draw(names), kind, draw(st.sampled_from(Comparison)), draw(st.sampled_from(values)))


times = st.none() | st.sampled_from([*corpus.TIMES, corpus.BEGIN + timedelta(microseconds=1)])
scopes = (
    st.just(Everything())
    | st.builds(ProjectAndOwnerless, st.sampled_from(["p1", "P1", "nobody"]))
    | st.builds(WholeProject, st.sampled_from(["p1", "P1", "nobody"]))
    | st.builds(OwnActs, st.sampled_from(["p1", "p2"]), st.sampled_from(["u1", "U1"]))
)
filters = st.builds(
    asked_by_v2,
    scope=scopes,
    event_type=st.none() | st.sampled_from([*corpus.EVENT_TYPES, "absent"]),
    message_id=st.none() | st.none() | st.sampled_from([EVENTS[0].message_id, "absent"]),
    start=times,
    end=times,
    traits=st.lists(trait_filters(), max_size=2).map(tuple),
)
terms = (
    trait_filters()
    | st.builds(TypeFilter, st.sampled_from([*corpus.EVENT_TYPES, "absent"]))
    | st.builds(MessageIdFilter, st.sampled_from([EVENTS[0].message_id, EVENTS[1].message_id.swapcase(), "absent"]))
    | st.builds(Since, st.sampled_from(corpus.TIMES))
    | st.builds(Until, st.sampled_from(corpus.TIMES))
    | st.builds(TypePrefix, st.sampled_from(["compute.", "COMPUTE.s", "snow ☃", "%", "compute_", ""]))
    | st.builds(TypeSuffix, st.sampled_from([".start", ".END", "☃", "%", "_end", ""]))
    | st.builds(TraitPrefix, st.sampled_from(["state", "State", "a b"]), st.sampled_from(["a", "ERR", "_", "%", ""]))
    | st.builds(HasTrait, st.sampled_from([*corpus.NAMES, "State", "absent"]))
)


def inner_nodes(expressions):
    several = st.lists(expressions, max_size=3).map(tuple)
    return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, expressions)


trees = st.builds(EventFilter, scope=scopes, expression=st.recursive(terms, inner_nodes, max_leaves=10))
sorts = st.lists(
    st.builds(SortKey, st.sampled_from(SortField), descending=st.booleans()),
    min_size=1,
    max_size=2,
    unique_by=lambda key: key.field,
).map(tuple)


@EXAMPLES
@given(wanted=filters, sort=st.just(DEFAULT_SORT) | sorts, limit=st.sampled_from([1, 10, 1000]))
def test_a_page_holds_what_the_filter_says(ways, wanted, sort, limit):
    store, fold = ways
    page = Page(limit, sort)
    assert store.get_events(wanted, page) == oracle.page_of(EVENTS, wanted, page, fold)


@settings(EXAMPLES, max_examples=80)
@given(wanted=trees, sort=st.just(DEFAULT_SORT) | sorts, limit=st.sampled_from([10, 1000]))
def test_a_page_holds_what_the_tree_says(ways, wanted, sort, limit):
    store, fold = ways
    page = Page(limit, sort)
    assert store.get_events(wanted, page) == oracle.page_of(EVENTS, wanted, page, fold)


@settings(EXAMPLES, max_examples=20)
@given(scope=scopes, tree=trees)
def test_of_a_tree_and_its_complement_each_event_is_in_one(ways, scope, tree):
    store, _fold = ways
    page = Page(1000)
    answers = [store.get_events(EventFilter(scope, each), page) for each in (tree.expression, Not(tree.expression))]
    visible = store.get_events(EventFilter(scope), page)
    assert sorted(event.message_id for answer in answers for event in answer) == sorted(
        event.message_id for event in visible
    )


def test_a_time_that_the_original_did_not_know_is_in_no_range_and_in_every_complement(store, inspector_engine):
    store.record_events([Event("e", "t", corpus.BEGIN)])
    with inspector_engine.begin() as connection:
        connection.execute(EVENT.update().values(generated=None))
    for bound in (Since(corpus.BEGIN), Until(corpus.BEGIN)):
        assert not _found(store, bound)
        assert not _found(store, Or((bound, TypeFilter("other"))))
        assert _found(store, Not(bound))
        assert _found(store, Or((Not(bound), TypeFilter("other"))))


def _found(store, expression):
    with store._engine.connect() as connection:
        planned = plan(EventFilter(Everything(), expression))
        statement = pages.walk(sql_terms(planned, None), Page(10), None)
        return connection.execute(statement).all()


def test_the_largest_filter_that_may_be_asked_is_answered(ways):
    """Databases take statements of a certain nesting and size only."""
    store, fold = ways
    names = [TraitFilter(f"n{n}", TraitType.TEXT, Comparison.NE, "x") for n in range(bounds.MAX_PARTS // 2 - 2)]
    wide = Or(tuple(Not(name) for name in names))
    deep = TraitFilter("state", TraitType.TEXT, Comparison.EQ, "error")
    for level in range(bounds.MAX_DEPTH - 3):
        deep = (And, Or)[level % 2]((deep, Not(TypeFilter(corpus.EVENT_TYPES[level % 4]))))
    for expression in (wide, Not(wide), deep, Not(deep)):
        for scope in (Everything(), OwnActs("p1", "u1")):
            wanted = EventFilter(scope, bounds.bounded(expression))
            assert store.get_events(wanted, Page(1000)) == oracle.page_of(EVENTS, wanted, Page(1000), fold)


@settings(EXAMPLES, max_examples=15)
@given(wanted=filters | trees, sort=sorts, limit=st.sampled_from([7, 30]))
def test_pages_by_marker_join_without_gap_or_repetition(ways, wanted, sort, limit):
    store, fold = ways
    found, marker = [], None
    while page := store.get_events(wanted, Page(limit, sort, marker)):
        found += page
        marker = page[-1].message_id
    assert found == oracle.page_of(EVENTS, wanted, Page(1000, sort), fold)


@settings(EXAMPLES, max_examples=15)
@given(wanted=filters | trees, sort=sorts, limit=st.sampled_from([7, 30, 1000]), first=st.sampled_from([1, 3, 20]))
def test_a_page_that_is_read_in_parts_is_the_same(ways, wanted, sort, limit, first):
    store, fold = ways
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "FIRST_PART", first)
        assert store.get_events(wanted, Page(limit, sort)) == oracle.page_of(EVENTS, wanted, Page(limit, sort), fold)


@pytest.mark.parametrize("most_bytes", [1, 300])
def test_pages_that_end_at_a_number_of_bytes_join_without_gap_or_repetition(filled_database, most_bytes):
    url, fold = filled_database
    store = connect(url, ConnectionSettings(pool_size=1, max_page_bytes=most_bytes))
    scopes = (Everything(), ProjectAndOwnerless("p1"), OwnActs("p1", "u1"))
    for wanted in (*map(EventFilter, scopes), EventFilter(scopes[-1], STATE)):
        lengths, found, marker = [], [], None
        while page := store.get_events(wanted, Page(10, marker=marker)):
            lengths.append(len(page))
            found += page
            marker = page[-1].message_id
        assert found == oracle.page_of(EVENTS, wanted, Page(1000), fold)
        assert most_bytes > 1 or set(lengths) <= {1}
        assert wanted != ALL or len(lengths) > len(EVENTS) / 10
    store.dispose()


def test_a_marker_that_names_no_event_is_refused(ways):
    with pytest.raises(MarkerNotFoundError):
        ways[0].get_events(ALL, Page(10, marker="absent"))


def test_a_marker_outside_the_scope_is_refused_as_if_it_were_absent(ways):
    own = OwnActs("p1", "u1")
    foreign = next(event for event in EVENTS if not oracle.is_visible(event, own))
    with pytest.raises(MarkerNotFoundError):
        ways[0].get_events(EventFilter(own), Page(10, marker=foreign.message_id))


def test_a_page_larger_than_one_statement_is_whole(ways):
    assert len(ways[0].get_events(ALL, Page(10**6))) == len(EVENTS)


def test_event_types_are_sorted_without_regard_to_case(ways):
    types = list(ways[0].get_event_types())
    assert set(types) == set(corpus.EVENT_TYPES)
    assert [name.lower() for name in types] == sorted(name.lower() for name in types)


@pytest.mark.parametrize("with_the_original", [True, False], ids=["both", "ours"])
def test_trait_types_are_grouped_by_type_and_distinct(ways, store, with_the_original):
    written_by_both, fold = ways
    if with_the_original:
        store = written_by_both
    else:
        store.record_events(EVENTS)
    found = list(store.get_trait_types("compute.end"))
    assert [kind for _, kind in found] == sorted(kind for _, kind in found)
    assert {(fold(name), kind) for name, kind in found} == {
        (fold(trait.name), trait.type)
        for event in EVENTS
        if event.event_type == "compute.end"
        for trait in event.traits
    }
    assert len(found) == len(set(found))


def test_traits_of_a_name_are_all_there_and_grouped_by_type(ways):
    store, fold = ways
    found = list(store.get_traits("compute.end", "state"))
    assert [trait.type for trait in found] == sorted(trait.type for trait in found)
    expected = [
        trait
        for event in EVENTS
        if fold(event.event_type) == fold("compute.end")
        for trait in event.traits
        if trait.name == "state"
    ]
    assert sorted(map(repr, found)) == sorted(map(repr, expected))


def test_of_an_unknown_event_type_there_is_nothing(ways):
    assert list(ways[0].get_trait_types("absent")) == []
    assert list(ways[0].get_traits("absent", "state")) == []


def test_listings_longer_than_one_statement_are_whole(store):
    def event(n):
        trait = Trait(f"n {n % 1050}", TraitType.INTEGER, n)
        return Event(f"{n}", f"type {n}" if n < 1100 else "many", corpus.BEGIN, (trait,))

    events = [event(n) for n in range(3300)]
    events += [Event(f"x{n}", "many", corpus.BEGIN, (Trait("x", TraitType.FLOAT, float(n)),)) for n in range(2200)]
    store.record_events(events)
    assert list(store.get_event_types()) == sorted({event.event_type for event in events})
    assert len(list(store.get_trait_types("many"))) == 1051
    assert [trait.value for trait in store.get_traits("many", "x")] == [float(n) for n in sorted(range(2200), key=str)]


def test_event_types_are_listed_as_they_are_whatever_the_order_of_their_commits(store, inspector_engine):
    store.record_events([Event(f"{n}", f"t{n}", corpus.BEGIN) for n in range(3)])
    assert list(store.get_event_types()) == ["t0", "t1", "t2"]
    with inspector_engine.begin() as connection:
        newest = connection.execute(select(func.max(EVENT_TYPE.c.id))).scalar_one()
        connection.execute(EVENT_TYPE.insert(), [{"id": newest + 2, "desc": "newest"}])
    assert list(store.get_event_types()) == ["newest", "t0", "t1", "t2"]
    with inspector_engine.begin() as connection:
        connection.execute(EVENT_TYPE.insert(), [{"id": newest + 1, "desc": "late"}])
        connection.execute(EVENT.delete().where(EVENT.c.message_id == "1"))
        connection.execute(EVENT_TYPE.delete().where(EVENT_TYPE.c.desc == "t1"))
    assert list(store.get_event_types()) == ["late", "newest", "t0", "t2"]


@pytest.mark.parametrize("scope", [Everything(), WholeProject("p")], ids=["everything", "project"])
def test_what_is_stored_while_a_page_is_looked_for_pushes_nothing_out_of_it(new_database, scope):
    url = new_database()
    upgrade(url)
    # Whose number is lower comes first in the index over values.
    first, last = sorted(("ann", "bob"), key=lambda user: owners.of_traits(0, owners.hashed("p", user)))
    reading, writing = (connect(url, ConnectionSettings(pool_size=1, rare_limit=20)) for _ in range(2))
    writing.record_events([owned(f"{last}-{number}", last) for number in range(2)])
    newcomers = [[owned(f"{first}-{number}", first) for number in range(30)]]

    def store_meanwhile(_connection, _cursor, statement, *_rest):
        if "count(" in statement.lower() and newcomers:
            writing.record_events(newcomers.pop())

    listen(reading._engine, "after_cursor_execute", store_meanwhile)
    up = TraitFilter("state", TraitType.TEXT, Comparison.EQ, "up")
    found = reading.get_events(EventFilter(scope, up), Page(limit=100))

    assert not newcomers
    assert {f"{last}-0", f"{last}-1"} <= {event.message_id for event in found}
    reading.dispose()
    writing.dispose()


def owned(message_id, user):
    texts = {"project_id": "p", "state": "up", "user_id": user}
    traits = tuple(Trait(name, TraitType.TEXT, value) for name, value in texts.items())
    return Event(message_id, "compute.instance.update", corpus.BEGIN, traits, {})
