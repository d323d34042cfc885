"""What failed is found by the indexes of types and of values, where it is not most of what there is."""

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import event as listening
from sqlalchemy import text

from bench.population import PROJECTS, Population
from event_model import oracle
from panko.asking.search import expression, parse
from panko.event import Event, Trait, TraitType
from panko.filters import And, EventFilter, Everything, Page, SortField, SortKey
from panko.filters.expressions import during
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.rows import owners
from panko.storage.sql.rows.tables import METADATA
from panko.storage.sql.schema.migrate import upgrade
from servers.rows_read import READS

EVENTS = 2500
SORTS = {
    name: tuple(SortKey(field, descending=down) for field in (SortField.GENERATED, SortField.MESSAGE_ID))
    for name, down in (("newest", True), ("oldest", False))
}
SETTLE = {"mysql": "ANALYZE TABLE", "postgresql": "VACUUM (ANALYZE)", "sqlite": "ANALYZE"}
FAILED = (
    ("compute.instance.create.error", ()),
    ("volume.create.error", (("outcome", "success"),)),  # what is told counts, so this one did not fail
    ("audit.http.response", (("outcome", "failure"),)),
    ("identity.authenticate", (("outcome", "Failed"),)),
    ("compute.instance.update", (("state", "error"),)),
    ("compute.instance.resize.error", (("outcome", "failure"), ("state", "ERROR"))),  # in every part at once
    ("volume.http.error", ()),  # a word of the API for what it is about
)
MOST_ROWS = 4000
PROJECT = f"project:{PROJECTS[0]}"


def planted(after):
    for number in range(60):
        event_type, words = FAILED[number % len(FAILED)]
        traits = tuple(Trait(name, TraitType.TEXT, word) for name, word in words)
        # Two events of one moment: the order of pages is by their ids then.
        yield Event(f"f{number:03}", event_type, after + timedelta(minutes=number // 2), traits)


def without_failures(event):
    healthy = (Trait(one.name, one.type, "active") if one.value == "error" else one for one in event.traits)
    return dataclasses.replace(event, traits=tuple(healthy))


@pytest.fixture(scope="module")
def events():
    population = Population(EVENTS)
    return [*map(without_failures, population), *planted(population.begin + timedelta(days=10))]


@pytest.fixture(scope="module")
def filled(new_database, events):
    url = new_database()
    upgrade(url)
    store = connect(url, ConnectionSettings(pool_size=1, rare_limit=400))
    for begin in range(0, len(events), 1000):
        store.record_events(events[begin : begin + 1000])
    with store._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in METADATA.tables:
            connection.execute(text(f"{SETTLE[connection.dialect.name]} {table}"))
    yield store, oracle.like_mysql if url.startswith("mysql") else oracle.exact
    store.dispose()


def asked(words, start=None, end=None):
    return EventFilter(Everything(), And((expression(parse(words), id_traits=("instance_id",)), *during(start, end))))


def pages(store, wanted, sort, limit):
    after = None
    while True:
        found = store.search_events(wanted, Page(limit, sort, after=after), seconds=60)
        assert found.reached is None
        yield from found.events
        if found.next is None:
            return
        after = found.next


QUESTIONS = ["outcome:failed", "outcome:failed -type:compute.*", "outcome:failed,pending", "outcome:failed has:outcome"]


@pytest.mark.parametrize("limit", [7, 1000])
@pytest.mark.parametrize("sort", SORTS.values(), ids=SORTS)
@pytest.mark.parametrize("words", QUESTIONS)
def test_what_failed_is_what_the_filter_says(filled, events, words, sort, limit):
    store, fold = filled
    expected = oracle.page_of(events, asked(words), Page(1000, sort), fold)
    assert len(expected) > 10
    assert list(pages(store, asked(words), sort, limit)) == expected


@pytest.mark.parametrize("sort", SORTS.values(), ids=SORTS)
@pytest.mark.parametrize("days", [1, 20], ids=["short", "long"])
def test_what_failed_within_a_range_is_what_failed_of_it(filled, events, sort, days):
    """A short range is walked, and in a long one the indexes lead."""
    store, fold = filled
    start = Population(EVENTS).begin + timedelta(days=10, minutes=5)
    wanted = asked("outcome:failed", start, start + timedelta(days=days))
    expected = oracle.page_of(events, wanted, Page(1000, sort), fold)
    assert len(expected) > 10
    assert list(pages(store, wanted, sort, 7)) == expected


@pytest.mark.parametrize("sort", SORTS.values(), ids=SORTS)
def test_what_failed_is_found_without_looking_at_what_did_not(filled, sort):
    store, _fold = filled
    rows = READS[store._engine.dialect.name](
        store, lambda: store.search_events(asked("outcome:failed"), Page(20, sort), seconds=60)
    )
    assert rows < MOST_ROWS


def test_the_plan_has_a_range_of_an_index_for_each_type_and_for_the_values(filled):
    """As the database itself explains it: no table of events or traits is read from one end to the other."""
    store, _fold = filled
    plans = explained(store, lambda: store.get_events(asked("outcome:failed"), Page(20, SORTS["newest"])))
    said = "\n".join(plans)
    assert "ix_event_type_generated_message_id" in said
    assert "ix_trait_text_key_value_owner_event_id" in said
    assert "ix_event_generated_message_id" not in said


@pytest.mark.parametrize("sort", SORTS.values(), ids=SORTS)
@pytest.mark.parametrize("words", [PROJECT, f"{PROJECT} has:host"])
def test_the_events_of_a_project_are_found_in_the_order_of_time(filled, events, words, sort):
    store, fold = filled
    many = [each for each in events if Trait("project_id", TraitType.TEXT, PROJECTS[0]) in each.traits]
    assert len(many) > 300
    expected = oracle.page_of(events, asked(words), Page(1000, sort), fold)
    assert [each.message_id for each in pages(store, asked(words), sort, 100)] == [each.message_id for each in expected]


def test_the_newest_events_of_a_project_are_read_and_no_others(filled):
    store, _fold = filled
    reads = READS[store._engine.dialect.name]
    assert reads(store, lambda: store.search_events(asked(PROJECT), Page(20, SORTS["newest"]), seconds=60)) < 300


def test_what_failed_of_a_project_of_many_events_is_found_by_what_failed(filled):
    store, _fold = filled
    reader = store._reader
    reader = dataclasses.replace(reader, limits=dataclasses.replace(reader.limits, rare=300))
    page = Page(20, SORTS["newest"])
    assert list(reader.get_events(asked(f"{PROJECT} outcome:failed"), page)) == []
    for words, is_by_type in ((PROJECT, False), (f"{PROJECT} outcome:failed", True)):
        said = "\n".join(explained(store, lambda words=words: reader.get_events(asked(words), page)))
        assert ("ix_event_type_generated_message_id" in said) == is_by_type


@pytest.mark.parametrize("rare_limit", [0, 10_000])
def test_events_of_projects_whose_numbers_are_alike_are_found(new_database, monkeypatch, rare_limit):
    """The number of a row has fewer bits than that of its event, and two spellings are one project to MariaDB."""
    numbers = {"p": 5 << owners.USER_BITS | 7, "P": 5 << owners.USER_BITS | 3, "q": 9 << owners.USER_BITS}
    monkeypatch.setattr(owners, "hashed", lambda *identity: numbers[identity[0]])
    url = new_database()
    upgrade(url)
    store = connect(url, ConnectionSettings(pool_size=1, rare_limit=rare_limit))
    begin = Population(1).begin
    events = [
        Event(
            f"{name}{number}", "kind", begin + timedelta(minutes=number), (Trait("project_id", TraitType.TEXT, name),)
        )
        for number in range(5)
        for name in numbers
    ]
    store.record_events(events)
    fold = oracle.like_mysql if url.startswith("mysql") else oracle.exact
    for sort in SORTS.values():
        found = list(pages(store, asked("project:p"), sort, 3))
        assert found == oracle.page_of(events, asked("project:p"), Page(1000, sort), fold)
    store.dispose()


def explained(store, use):
    """Return what the database says of the statement of a page."""
    seen = []

    def remember(_connection, _cursor, statement, parameters, *_):
        if "found" in statement:
            seen.append((statement, parameters))

    listening.listen(store._engine, "before_cursor_execute", remember)
    try:
        use()
    finally:
        listening.remove(store._engine, "before_cursor_execute", remember)
    how = "EXPLAIN QUERY PLAN" if store._engine.dialect.name == "sqlite" else "EXPLAIN"
    with store._engine.connect() as connection:
        return [
            str(tuple(row)) for one, given in seen for row in connection.exec_driver_sql(f"{how} {one}", given).all()
        ]
