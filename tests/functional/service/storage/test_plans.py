"""No question reads everything: each plan uses an index or stops early, whatever is asked and whoever asks.

Rows are counted as the database itself counts them; SQLite, which does not count, tells its plan.
"""

import itertools
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bench.population import EVENT_TYPES, PROJECTS, Population, instance, user_of
from event_model.asked import asked_by_v2
from panko.asking.search import meaning, parse
from panko.asking.search.operations import MOST, related
from panko.event import Event, Trait, TraitType
from panko.filters import (
    Comparison,
    EventFilter,
    Everything,
    OwnActs,
    Page,
    ProjectAndOwnerless,
    SortField,
    SortKey,
    TraitFilter,
    WholeProject,
)
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.rows.tables import METADATA
from panko.storage.sql.schema.migrate import upgrade
from servers.rows_read import READS

EVENTS = 12_000  # with ten times as many traits
MOST_ROWS = 10_000  # every event of a common owner, with a few traits each; far from everything
MOST_OF_A_SEARCH = 30_000  # the same with all of their traits, which alternatives look through
RARE_LIMIT = 200
OWNERS = {
    "common": (PROJECTS[0], user_of(0, 0)),
    "rare": (PROJECTS[-1], user_of(len(PROJECTS) - 1, 0)),
    "absent": ("nobody", "nobody"),
}
SCOPES = {"everything": Everything()} | {
    f"{owner}, {name}": scope
    for owner, (project, user) in OWNERS.items()
    for name, scope in (
        ("admin", ProjectAndOwnerless(project)),
        ("reader", WholeProject(project)),
        ("member", OwnActs(project, user)),
    )
}
TRAITS = {
    "none": (),
    "common": (TraitFilter("state", TraitType.TEXT, Comparison.EQ, "active"),),
    "common range": (TraitFilter("memory_mb", TraitType.INTEGER, Comparison.GE, 4096),),
    "rare": (TraitFilter("instance_id", TraitType.TEXT, Comparison.EQ, instance(7)),),
    "absent": (TraitFilter("state", TraitType.TEXT, Comparison.EQ, "absent"),),
    "two": (
        TraitFilter("state", TraitType.TEXT, Comparison.NE, "active"),
        TraitFilter("vcpus", TraitType.INTEGER, Comparison.EQ, 4),
    ),
}
TYPES = {"none": None, "common": EVENT_TYPES[0], "rare": EVENT_TYPES[-1], "absent": "absent"}
QUESTIONS = {
    f"{scope}; traits {traits}; type {kind}": asked_by_v2(SCOPES[scope], event_type=TYPES[kind], traits=TRAITS[traits])
    for scope, traits, kind in itertools.product(SCOPES, TRAITS, TYPES)
}
# What the databases do by themselves, sooner or later; PostgreSQL plans otherwise after a VACUUM.
SETTLE = {"mysql": "ANALYZE TABLE", "postgresql": "VACUUM (ANALYZE)", "sqlite": "ANALYZE"}
PAGES = (Page(20), Page(20, (SortKey(SortField.GENERATED, descending=True),)))


@pytest.fixture(scope="module")
def filled(new_database):
    url = new_database()
    upgrade(url)
    store = connect(url, ConnectionSettings(pool_size=1, rare_limit=RARE_LIMIT))
    events = iter(Population(EVENTS))
    while batch := list(itertools.islice(events, 2000)):
        store.record_events(batch)
    with store._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in METADATA.tables:
            connection.execute(text(f"{SETTLE[connection.dialect.name]} {table}"))
    yield store
    store.dispose()


@pytest.mark.parametrize("page", PAGES, ids=["oldest", "newest"])
def test_no_question_reads_everything(filled, page):
    reads = READS[filled._engine.dialect.name]
    too_many = {}
    for name, question in QUESTIONS.items():
        rows = reads(filled, lambda question=question: filled.get_events(question, page))
        if rows > MOST_ROWS:
            too_many[name] = rows
    assert too_many == {}


def test_a_page_from_the_middle_reads_no_more_than_the_first(filled):
    (middle,) = filled.get_events(asked_by_v2(Everything(), start=Population(EVENTS).begin.replace(day=15)), Page(1))
    reads = READS[filled._engine.dialect.name]
    for scope in SCOPES.values():
        if isinstance(scope, Everything):
            page = Page(20, marker=middle.message_id)
            assert reads(filled, lambda page=page: filled.get_events(EventFilter(Everything()), page)) < 500


def test_one_event_is_read_by_its_id(filled):
    (first,) = filled.get_events(EventFilter(Everything()), Page(1))
    reads = READS[filled._engine.dialect.name]
    for scope in SCOPES.values():
        one = asked_by_v2(scope, message_id=first.message_id)
        assert reads(filled, lambda one=one: filled.get_events(one, Page(1))) < 10


def test_the_traits_of_a_type_are_listed_without_reading_events(filled):
    reads = READS[filled._engine.dialect.name]
    assert reads(filled, lambda: list(filled.get_trait_types(EVENT_TYPES[0]))) < 1000


def test_postgresql_compiles_no_statement(postgresql):
    url = postgresql.new_database()
    upgrade(url)
    store = connect(url, ConnectionSettings(pool_size=1))
    try:
        with store._engine.connect() as connection:  # for what no index tells, as much of what settling asks
            plan = (
                connection.execute(text("EXPLAIN ANALYZE SELECT COUNT(*) FROM event WHERE raw = 'x'")).scalars().all()
            )
    finally:
        store.dispose()
    assert [line for line in plan if "Scan" in line]
    assert not [line for line in plan if "JIT" in line]


def test_what_expires_is_read_once_for_the_archive(filled):
    def read():
        assert sum(1 for _ in filled.expired(older_than=datetime(9999, 1, 1, tzinfo=UTC))) == EVENTS

    rows = READS[filled._engine.dialect.name](filled, read)
    assert rows <= 6 * EVENTS  # each in an index, among those of its page, by its id, and its type


ID_TRAITS = ("resource_id", "instance_id", "volume_id", "target_id", "server_id", "port_id")
NEWEST = tuple(SortKey(field, descending=True) for field in (SortField.GENERATED, SortField.MESSAGE_ID))
RARE = {  # and what is read for them at most, inside of a scope too: the events and what is looked at of them
    "the history of a resource": f"resource:{instance(7)}",
    "either of two resources": f"resource:{instance(7)},{instance(8)}",
    "the history of nothing": "resource:absent",
    "a request": "request:req-absent",
    "a number that nobody has": "disk_gb:1000",
    "what failed of a resource": f"resource:{instance(7)} outcome:failed",
}
SOME = {
    "the beginning of a text": "name:vm-1234*",
    "the beginning of a type": "type:audit.action2*",
    "a trait that is there": "has:vcpus",
    "a trait that is not": "has:absent",
    "either of two hosts": "host:compute-001.example,compute-002.example",
    "a resource and no type": f"resource:{instance(7)} -type:{EVENT_TYPES[0]}",
    "a range of numbers": "memory_mb:>=4096 memory_mb:<8192",
    "what went well": "outcome:ok",
}


def step(number):
    traits = (Trait("request_id", TraitType.TEXT, f"req-absent-{number}"),)
    return Event(str(number), "compute.instance.create.end", datetime(2026, 1, 1, tzinfo=UTC), traits)


OPERATIONS = related([step(number) for number in range(MOST)])  # of a page, each of a request of its own


def search(filled, scope, wanted):
    expression = wanted
    if isinstance(wanted, str):
        expression = meaning.expression(parse(wanted), id_traits=ID_TRAITS)
    return filled.search_events(EventFilter(scope, expression), Page(20, NEWEST), seconds=60)


def test_a_search_for_what_is_rare_begins_with_the_indexes_of_traits(filled):
    reads = READS[filled._engine.dialect.name]
    seen = {
        (name, who): reads(filled, lambda wanted=wanted, scope=scope: search(filled, scope, wanted))
        for name, wanted in {**RARE, "the operations of a page": OPERATIONS}.items()
        for who, scope in SCOPES.items()
    }
    assert {question: rows for question, rows in seen.items() if rows > 2000} == {}


def test_no_search_reads_everything(filled):
    reads = READS[filled._engine.dialect.name]
    seen = {
        (name, who): reads(filled, lambda wanted=wanted, scope=scope: search(filled, scope, wanted))
        for name, wanted in (RARE | SOME).items()
        for who, scope in SCOPES.items()
    }
    assert {question: rows for question, rows in seen.items() if rows > MOST_OF_A_SEARCH} == {}


def test_what_an_event_must_not_have_is_looked_for_once(filled):
    reads = READS[filled._engine.dialect.name]
    words = [f"-{name}:absent,other" for name in ("host", "state", "service", "user", "name", "request")]
    two, six = (
        reads(filled, lambda wanted=wanted: search(filled, Everything(), wanted))
        for wanted in (" ".join(words[:2]), " ".join(words))
    )
    assert six <= 1.5 * two
