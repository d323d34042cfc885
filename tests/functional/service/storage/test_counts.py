"""Counts are those of plain Python in every database, whether an hour is settled, noted or unknown."""

import dataclasses
import itertools
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select, text

from bench.population import EVENT_TYPES, HOSTS, PROJECTS, Population
from event_model import corpus, oracle
from event_model.settling import Settled, by_columns, by_key, counted, expected
from panko.asking.search import expression, parse
from panko.asking.search.counting.arguments import keys
from panko.errors import TooSlowError
from panko.event import Event, Trait, TraitType
from panko.filters import And, EventFilter, Everything, OwnActs, ProjectAndOwnerless, WholeProject
from panko.filters.counting import Field, Grouping, Keys, Spans
from panko.filters.expressions import during
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.counts import counter, kept, values
from panko.storage.sql.counts.columns import reading
from panko.storage.sql.rows.tables import EVENT, EVENT_COUNT, METADATA, TRAITS
from panko.storage.sql.schema.migrate import upgrade
from servers.rows_read import READS

EVENTS = corpus.events(150)
EXAMPLES = settings(max_examples=25, suppress_health_check=list(HealthCheck))
SCOPES = [Everything(), ProjectAndOwnerless("p1"), WholeProject("p1"), OwnActs("p1", "u1")]
FIELDS = [
    None,
    Field("event_type"),
    Field("outcome"),
    *(Field(name, is_trait=True) for name in ("project_id", "state", "user_id", "a b", "absent")),
]


@pytest.fixture(scope="module", params=itertools.product(["rows", "half", "kept"], [0, 10_000]), ids=str)
def filled(request, new_database):
    """A store whose hours are counted by rows, or are kept and have events since, or are kept as a whole.

    The original has written every third event, and the release before this one another third.
    """
    kept, rare = request.param
    url = new_database()
    upgrade(url)
    store = connect(url, ConnectionSettings(pool_size=2, rare_limit=rare))
    settled = Settled(store)
    store.record_events(EVENTS[:100])
    if kept != "rows":
        settled.settle()
    store.record_events(EVENTS[100:])
    if kept == "kept":
        settled.settle()
    with store._engine.begin() as connection:
        unknown = dict.fromkeys(("traits", "project_hash", "owner_hash"))
        connection.execute(EVENT.update().where(EVENT.c.id % 3 == 0).values(unknown))
        for table in TRAITS.values():
            connection.execute(table.update().where(table.c.event_id % 3 < 2).values(owner=None))
        settled_hours = connection.execute(select(func.count(EVENT_COUNT.c.hour.distinct()))).scalar_one()
    assert settled_hours == (0 if kept == "rows" else len(corpus.TIMES))
    yield store, oracle.like_mysql if url.startswith("mysql") else oracle.exact
    store.dispose()


words = st.sampled_from(
    ["type:compute.*", "type:Compute.Start,absent", "-type:image.upload", "type:absent", "project:p1", "project:p*",
     "-project:P1", "project:absent", "outcome:ok", "outcome:failed,started", "-outcome:ok", "state:active,error",
     "-has:size", "user:u1", "user:U*", "-state:error", "id:absent", "size:>=0"]
)  # fmt: skip


@st.composite
def bounds(draw):
    begin = draw(st.sampled_from([corpus.BEGIN, corpus.BEGIN + timedelta(minutes=20), corpus.TIMES[1], None]))
    end = draw(st.sampled_from([corpus.TIMES[3], corpus.BEGIN + timedelta(hours=4), corpus.TIMES[5], None]))
    return begin, end


@EXAMPLES
@given(
    scope=st.sampled_from(SCOPES),
    text=st.lists(words, max_size=2, unique=True).map(" ".join),
    by=st.tuples(st.sampled_from(FIELDS), st.sampled_from([None, 20, 60, 120, 240, 360, 720])),
    between=bounds(),
    few_hours=st.sampled_from([0, values.FEW_HOURS]),
)
def test_what_is_counted_is_what_is_there(filled, scope, text, by, between, few_hours):
    (store, fold), (field, minutes) = filled, by
    meant = And((expression(parse(text), id_traits=()), *during(*between)))
    first = corpus.BEGIN.replace(hour=0) - timedelta(days=1)
    spans = None if minutes is None else Spans(first, timedelta(minutes=minutes))
    grouping = Grouping(field, spans, keys=keys(parse(text)))
    wanted = EventFilter(scope, meant)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(values, "FEW_HOURS", few_hours)
        patched.setattr(reading, "CHEAPER", 10**9)
        assert counted(store, wanted, grouping, fold) == expected(EVENTS, wanted, grouping, fold)


TOLD = st.sampled_from(
    ["type:compute.*", "type:Compute.Start,absent", "-type:image.upload", "project:p1", "-project:P1", "project:p*",
     "outcome:ok", "-outcome:ok", "state:active,error", "state:ACT*", "user:u1", "user:U*", "host:absent",
     "-state:error", "-user:u1,u2"]
)  # fmt: skip
TOLD_FIELDS = [
    None,
    *(Field(name) for name in ("event_type", "outcome")),
    *(Field(name, is_trait=True) for name in ("project_id", "state", "user_id", "host")),
]


@EXAMPLES
@given(
    scope=st.sampled_from(SCOPES[:2]),
    text=st.lists(TOLD, min_size=1, max_size=4, unique=True).map(" ".join),
    by=st.tuples(st.sampled_from(TOLD_FIELDS), st.sampled_from([None, 60, 360])),
    between=bounds(),
)
def test_any_combination_of_what_is_told_is_counted_by_columns(request, filled, scope, text, by, between):
    (store, fold), (field, minutes) = filled, by
    spans = minutes and Spans(corpus.BEGIN.replace(hour=0) - timedelta(days=1), timedelta(minutes=minutes))
    grouping = Grouping(field, spans, keys=keys(parse(text)))
    wanted = EventFilter(scope, And((expression(parse(text), id_traits=()), *during(*between))))
    with pytest.MonkeyPatch.context() as patched, by_columns() as answers:
        patched.setattr(reading, "EVENTS_AT_ONCE", 40)
        patched.setattr(kept, "is_asked", lambda *_: False)
        found = counted(store, wanted, grouping, fold)
        assert found == expected(EVENTS, wanted, grouping, fold)
    if found and request.node.callspec.params["filled"][0] == "kept":
        assert None not in answers


def test_the_largest_groups_come_first_where_some_are_wanted(filled):
    store, fold = filled
    for field in FIELDS[1:-1]:
        whole = expected(EVENTS, EventFilter(Everything()), Grouping(field), fold)
        found = store.count_events(EventFilter(Everything()), Grouping(field, most=2, keys=Keys()), seconds=20).groups
        assert [group.events for group in found] == sorted(whole.values(), reverse=True)[:2]


TOGETHER = [
    *FIELDS[1:],
    *(Field(name, is_trait=True) for name in ("STATE", "size", "SIZE2", "when", "SIZE", "stàte", "A B")),
]


@EXAMPLES
@given(
    scope=st.sampled_from(SCOPES),
    text=st.lists(words, max_size=2, unique=True).map(" ".join),
    fields=st.lists(st.sampled_from(TOGETHER), max_size=6),
    between=bounds(),
)
def test_fields_are_counted_together_as_each_is_alone(filled, scope, text, fields, between):
    store, fold = filled
    wanted = EventFilter(scope, And((expression(parse(text), id_traits=()), *during(*between))))
    found = store.count_values(wanted, fields, most=100, keys=keys(parse(text)), seconds=20)
    assert len(found) == len(fields)
    for field, counts in zip(fields, found, strict=True):
        assert (counts.reached, counts.is_cut) == (None, False)
        alone = store.count_events(wanted, Grouping(field, most=100), seconds=20).groups
        assert by_key(counts.groups, fold) == by_key(alone, fold)
        assert [group.events for group in counts.groups] == [group.events for group in alone]
        if field.name != "stàte":  # which some databases take for the state
            assert by_key(alone, fold) == expected(EVENTS, wanted, Grouping(field), fold)


def test_a_field_that_is_asked_for_twice_is_answered_twice_also_where_nothing_can_match(filled):
    store, _fold = filled
    state = Field("state", is_trait=True)
    for asked in ("", "id:a id:b"):
        wanted = EventFilter(Everything(), expression(parse(asked), id_traits=()))
        one, other, _ = store.count_values(wanted, [state, state, Field("event_type")], most=9, keys=None, seconds=20)
        assert one == other
        assert bool(one.groups) == (asked == "")


def test_each_of_several_fields_has_its_largest_groups(filled):
    store, fold = filled
    fields = [Field(name, is_trait=True) for name in ("a b", "absent", "when", "user_id", "size")]
    wanted = EventFilter(Everything(), expression(parse("has:state"), id_traits=()))
    for field, counts in zip(fields, store.count_values(wanted, fields, most=2, keys=None, seconds=20), strict=True):
        whole = expected(EVENTS, wanted, Grouping(field), fold)
        assert [group.events for group in counts.groups] == sorted(whole.values(), reverse=True)[:2]


def break_off(monkeypatch, store, tries):
    """Have no time for these tries, numbered from 0."""
    counter = type(store._counter)
    groups, numbers = counter._groups, itertools.count()

    def slow(self, *asked, **options):
        if next(numbers) in tries:
            raise TooSlowError("A statement took too long.")
        return groups(self, *asked, **options)

    monkeypatch.setattr(counter, "_groups", slow)


def test_what_is_broken_off_counts_the_newest_and_says_how_far_it_came(filled, monkeypatch):
    store, fold = filled
    break_off(monkeypatch, store, (0, *range(3, 100)))
    wanted = EventFilter(Everything(), And(during(None, corpus.BEGIN + timedelta(hours=6))))
    found = store.count_events(wanted, Grouping(Field("outcome")), seconds=20)
    newest = [event for event in EVENTS if event.generated >= found.reached]
    assert 0 < len(newest) < len(EVENTS)
    assert by_key(found.groups, fold) == expected(newest, wanted, Grouping(Field("outcome")), fold)


def test_fields_that_had_no_time_are_none_and_the_others_are_told(filled, monkeypatch):
    store, _fold = filled
    wanted = EventFilter(Everything(), And(during(None, corpus.BEGIN + timedelta(hours=6))))
    fields = [Field("event_type"), *(Field(name, is_trait=True) for name in ("a b", "size", "when"))]
    break_off(monkeypatch, store, range(2, 100))
    asked = store.count_values(wanted, fields, most=100, keys=None, seconds=20)
    assert [None if counts is None else counts.reached for counts in asked] == [None, None, None, None]
    assert [counts is None for counts in asked] == [False, False, True, True]


def test_several_fields_that_are_broken_off_count_the_newest(filled, monkeypatch):
    store, fold = filled
    wanted = EventFilter(Everything(), And(during(None, corpus.BEGIN + timedelta(hours=6))))
    fields = [Field(name, is_trait=True) for name in ("when", "SIZE2", "size")]
    break_off(monkeypatch, store, (0, *range(3, 100)))
    for field, counts in zip(fields, store.count_values(wanted, fields, most=100, keys=None, seconds=20), strict=True):
        newest = [event for event in EVENTS if event.generated >= counts.reached]
        assert 0 < len(newest) < len(EVENTS)
        assert of_ranges(counts.groups, fold) == expected(newest, wanted, Grouping(field), fold)


def of_ranges(groups, fold):
    """Add up groups by their keys: of two ranges a value may be spelled in two ways."""
    found = Counter()
    for span, value, events in groups:
        found[span, fold(value)] += events
    return found


def test_fields_that_columns_tell_are_broken_off_together(filled, monkeypatch):
    store, fold = filled
    said = parse("state:active,error outcome:ok,failed")
    wanted = EventFilter(
        Everything(), And((expression(said, id_traits=()), *during(None, corpus.BEGIN + timedelta(hours=6))))
    )
    fields = [Field("event_type"), *(Field(name, is_trait=True) for name in ("user_id", "project_id"))]
    break_off(monkeypatch, store, (0, *range(3, 100)))
    asked = store.count_values(wanted, fields, most=100, keys=keys(said), seconds=20)
    assert len({counts.reached for counts in asked}) == 1
    for field, counts in zip(fields, asked, strict=True):
        newest = [event for event in EVENTS if event.generated >= counts.reached]
        assert of_ranges(counts.groups, fold) == expected(newest, wanted, Grouping(field), fold)


@pytest.mark.parametrize(("most", "is_cut"), [(1, True), (1000, False)])
def test_groups_that_a_range_had_too_many_of_are_told(filled, monkeypatch, most, is_cut):
    store, fold = filled
    break_off(monkeypatch, store, {0})
    monkeypatch.setattr(counter, "MOST_OF_A_WINDOW", most)
    wanted, grouping = EventFilter(Everything()), Grouping(Field("event_type"), most=100, keys=Keys())
    found = store.count_events(wanted, grouping, seconds=20)
    assert (found.reached, found.is_cut) == (None, is_cut)
    assert (by_key(found.groups, fold) != expected(EVENTS, wanted, grouping, fold)) == is_cut


def test_groups_of_as_many_events_come_in_one_order_whether_or_not_there_was_time(store, monkeypatch):
    moments = zip(corpus.TIMES, "abcdef", strict=True)
    store.record_events([Event(v, v, moment, (Trait("state", TraitType.TEXT, v),), {}) for moment, v in moments])

    wanted = EventFilter(Everything(), And(during(None, corpus.BEGIN + timedelta(hours=6))))

    for field in (Field("event_type"), Field("state", is_trait=True)):
        at_once = store.count_events(wanted, Grouping(field, most=100), seconds=20).groups
        assert [group.value for group in at_once] == list("abcdef")
        with monkeypatch.context() as patched:
            break_off(patched, store, {0})
            assert store.count_events(wanted, Grouping(field, most=100), seconds=20).groups == at_once


def test_counts_that_came_nowhere_say_so(filled, monkeypatch):
    store, _fold = filled
    break_off(monkeypatch, store, range(100))
    with pytest.raises(TooSlowError, match="ask for a shorter"):
        store.count_events(EventFilter(Everything()), Grouping(), seconds=20)


def test_what_is_kept_is_left_alone_while_its_mark_is_far_behind(store, monkeypatch):
    Settled(store).settle()
    store.record_events(EVENTS[:50])
    Settled(store).settle()
    store.record_events(EVENTS[50:])
    seen = []
    event.listen(store._engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: seen.append(statement))
    fold = oracle.like_mysql if store._engine.dialect.name == "mysql" else oracle.exact
    wanted, grouping = EventFilter(Everything()), Grouping(Field("outcome"), keys=Keys())
    for most, is_used in ((len(EVENTS) - 50, True), (len(EVENTS) - 51, False)):
        monkeypatch.setattr(kept, "MOST_AFTER", most)
        seen.clear()
        assert counted(store, wanted, grouping, fold) == expected(EVENTS, wanted, grouping, fold)
        assert any("event_count.level" in statement for statement in seen) == is_used


# How much is read.

MANY, DAYS = 12_000, 3  # events, 167 in an hour
PROJECT = f"project:{PROJECTS[0]}"


@pytest.fixture(scope="module")
def many(new_database):
    url = new_database()
    upgrade(url)
    store = connect(url, ConnectionSettings(pool_size=1))
    events = iter(Population(MANY, days=DAYS))
    while batch := list(itertools.islice(events, 2000)):
        store.record_events(batch)
    Settled(store).settle()
    yield store
    store.dispose()


QUESTIONS = {
    "by outcome": ("", Field("outcome"), timedelta(hours=2), 1500),
    "by type": ("", Field("event_type"), timedelta(hours=12), 6000),
    "of a type": (f"type:{EVENT_TYPES[0]}", Field("outcome"), timedelta(hours=2), 6000),
    "types": ("", Field("event_type"), None, 3500),
    "projects": ("", Field("project_id", is_trait=True), None, 6500),
    "of a project": (PROJECT, Field("outcome"), None, 2000),
    "of a state": ("state:error", Field("outcome"), timedelta(hours=2), 1500),
    "hosts": ("", Field("host", is_trait=True), None, 3500),
    "hosts of what failed": ("outcome:failed", Field("host", is_trait=True), None, 3500),
    "hosts of a state": ("state:error", Field("host", is_trait=True), None, 2000),
    "types on other hosts": (f"-host:{HOSTS[0]}", Field("event_type"), timedelta(hours=6), 1600),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_is_kept_is_read_instead_of_events(many, name):
    text, field, width, most = QUESTIONS[name]
    begin = Population(MANY).begin
    spans = None if width is None else Spans(begin, width)
    wanted = And((expression(parse(text), id_traits=()), *during(begin, begin + timedelta(days=DAYS))))

    def count(keys_=None):
        grouping = Grouping(field, spans, most=None if spans else 10, keys=keys_)
        return many.count_events(EventFilter(Everything(), wanted), grouping, seconds=20)

    reads = READS[many._engine.dialect.name]
    rows = reads(many, lambda: count(keys(parse(text))))
    assert rows <= most
    assert set(count(keys(parse(text))).groups) == set(count().groups)


def of_hosts(store, scope, host):
    """Count the types on a host as a scope sees them; return these and what columns answered."""
    said = parse(f"host:{host}") if host else parse("")
    wanted = EventFilter(scope, expression(said, id_traits=()))
    field = Field("event_type") if host else Field("host", is_trait=True)
    with pytest.MonkeyPatch.context() as patched, by_columns(reading.CHEAPER) as answers:
        patched.setattr(kept, "is_asked", lambda *_: False)
        found = store.count(wanted, Grouping(field, keys=keys(said)), seconds=20)
    return sum(group.events for group in found.groups), answers


def test_columns_answer_wherever_rows_would_not_be_found_by_a_trait(many):
    hosts = many.count_events(EventFilter(Everything()), Grouping(Field("host", is_trait=True)), seconds=20).groups
    host, events = next((group.value, group.events) for group in hosts if 120 < group.events < 250)
    assert of_hosts(many._counter, Everything(), host) == (events, [None])
    store = dataclasses.replace(many._counter, rare=10)  # ten times as many are looked for
    found, answers = of_hosts(store, Everything(), host)
    assert found == events
    assert None not in answers


def test_few_events_of_a_scope_are_counted_by_their_rows(many):
    _found, answers = of_hosts(many._counter, ProjectAndOwnerless(PROJECTS[-1]), None)
    assert answers == [None]


@pytest.mark.parametrize(
    ("length", "most"), [(timedelta(days=DAYS), 10_000), (timedelta(minutes=20), 2000)], ids=["all", "minutes"]
)
def test_what_is_not_kept_is_found_by_a_value_or_by_its_time_whichever_finds_fewer(many, length, most):
    begin = Population(MANY).begin
    wanted = And((expression(parse("state:error"), id_traits=()), *during(begin, begin + length)))
    store = dataclasses.replace(many._counter, rare=100)  # an error is every twentieth event

    def count():
        return store.count(EventFilter(Everything(), wanted), Grouping(Field("name", is_trait=True)), seconds=20)

    reads = READS[many._engine.dialect.name]
    assert reads(many, count) <= most
    assert sum(group.events for group in count().groups) > 0


def test_several_traits_are_counted_for_less_than_one_after_the_other(many):
    begin = Population(MANY).begin
    wanted = And((expression(parse("state:error"), id_traits=()), *during(begin, begin + timedelta(days=DAYS))))
    fields = [Field(name, is_trait=True) for name in ("host", "user_id", "service", "name")]

    def rows(some):
        def count():
            found = many.count_values(EventFilter(Everything(), wanted), some, most=10, keys=None, seconds=20)
            assert all(counts.groups for counts in found)

        return READS[many._engine.dialect.name](many, count)

    assert rows(fields) <= 0.95 * sum(rows([field]) for field in fields)


OWN, FOREIGN = 300, 3000
OWNED_BY = {"att": "mallory", "victim": "bob"}


def tagged(number, project, name):
    texts = {"project_id": project, "user_id": OWNED_BY[project], **({name: "x"} if name else {})}
    traits = tuple(Trait(each, TraitType.TEXT, value) for each, value in sorted(texts.items()))
    return Event(f"{project}-{number}", "kind", corpus.BEGIN + timedelta(minutes=number), traits, {})


@pytest.fixture(scope="module")
def shared(new_database):
    url = new_database()
    upgrade(url)
    store = connect(url, ConnectionSettings(pool_size=1))
    own = [tagged(number, "att", "own" if number % 10 == 0 else None) for number in range(OWN)]
    names = {0: "one", **dict.fromkeys(range(1, 100), "some"), **dict.fromkeys(range(100, FOREIGN), "many")}
    others = [tagged(number, "victim", name) for number, name in names.items()]
    store.record_events(own)
    for begin in range(0, FOREIGN, 1000):
        store.record_events(others[begin : begin + 1000])
    settle = {"mysql": "ANALYZE TABLE", "postgresql": "VACUUM (ANALYZE)", "sqlite": "ANALYZE"}
    with store._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in METADATA.tables:
            connection.execute(text(f"{settle[connection.dialect.name]} {table}"))
    yield store
    store.dispose()


@pytest.mark.parametrize("scope", [WholeProject("att"), OwnActs("att", "mallory"), ProjectAndOwnerless("att")], ids=str)
def test_values_that_others_have_are_not_read_inside_of_a_scope(shared, scope):
    reads = READS[shared._engine.dialect.name]

    def count(name):
        grouping = Grouping(Field(name, is_trait=True), most=10)
        return shared.count_events(EventFilter(scope), grouping, seconds=20).groups

    rows = {name: reads(shared, lambda name=name: count(name)) for name in ("nobodys", "one", "some", "many")}
    assert set(rows.values()) == {rows["nobodys"]}
    assert [count(name) for name in ("own", "many")] == [[(None, "x", OWN // 10)], []]


@pytest.mark.parametrize("scope", [WholeProject("att"), OwnActs("att", "mallory"), ProjectAndOwnerless("att")], ids=str)
def test_values_that_others_have_are_not_read_where_several_traits_are_counted(shared, scope):
    reads = READS[shared._engine.dialect.name]

    def count(name):
        fields = [Field(each, is_trait=True) for each in (name, "own")]
        return shared.count_values(EventFilter(scope), fields, most=10, keys=None, seconds=20)

    rows = {name: reads(shared, lambda name=name: count(name)) for name in ("nobodys", "one", "some", "many")}
    assert set(rows.values()) == {rows["nobodys"]}
    assert [list(counts.groups) for counts in count("many")] == [[], [(None, "x", OWN // 10)]]
