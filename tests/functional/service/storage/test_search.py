"""A search means the same in every database as in plain Python, however it is found and wherever it is broken off."""

import dataclasses
import itertools
import time
from collections.abc import Container
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from event_model import corpus, oracle
from panko.asking.search import Filter, Token, Value, expression, kinds
from panko.errors import TooSlowError
from panko.filters import (
    Comparison,
    EventFilter,
    Everything,
    HasTrait,
    Not,
    OwnActs,
    Page,
    ProjectAndOwnerless,
    Since,
    SortField,
    SortKey,
    Until,
    WholeProject,
)
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.reading.reader import Reader
from panko.storage.sql.reading.search.searcher import Clock, Searcher
from panko.storage.sql.rows.tables import EVENT, TRAITS
from panko.storage.sql.schema.migrate import upgrade
from panko.storage.sql.settings import DEADLINE

EVENTS = corpus.events(150)
ID_TRAITS = ("state", "a b", "SIZE2")
SECONDS = 20.0
EXAMPLES = settings(max_examples=30, suppress_health_check=list(HealthCheck))
SORTS = [
    tuple(SortKey(field, descending=down) for field in (SortField.GENERATED, SortField.MESSAGE_ID))
    for down in (True, False)
]
NEWEST, OLDEST = SORTS


@pytest.fixture(scope="module", params=[0, 10_000], ids=["walk", "drive"])
def filled(request, new_database):
    """A store where the original has written every third event, and the release before this one another third."""
    url = new_database()
    upgrade(url)
    store = connect(url, ConnectionSettings(pool_size=2, rare_limit=request.param))
    store.record_events(EVENTS)
    with store._engine.begin() as connection:
        unknown = dict.fromkeys(("traits", "packed", "project_hash", "owner_hash"))
        connection.execute(EVENT.update().where(EVENT.c.id % 3 == 0).values(unknown))
        for table in TRAITS.values():
            connection.execute(table.update().where(table.c.event_id % 3 < 2).values(owner=None))
    yield store, oracle.like_mysql if url.startswith("mysql") else oracle.exact
    store.dispose()


def values(draw, texts, *, can_begin=True):
    value = draw(st.sampled_from(texts))
    if can_begin and value and draw(st.booleans()):
        return Value(value, is_prefix=True)
    return Value(value, is_text=not kinds.is_plain(value) and draw(st.booleans()))


@st.composite
def tokens(draw):
    keys = ["type", "resource", "outcome", "id", "has", "user", "project", "state", "size", "when", "a b"]
    key = draw(st.sampled_from(keys))
    several = range(draw(st.integers(1, 2)))
    if key in ("size", "when") and draw(st.booleans()):
        numbers = ["0", "7", "0.3", "-1.5", "1e400"[:4]] if key == "size" else [one.isoformat() for one in corpus.TIMES]
        comparisons = [one for one in Comparison if one not in (Comparison.EQ, Comparison.NE)]
        return Token(key, (Value(draw(st.sampled_from(numbers)), draw(st.sampled_from(comparisons))),))
    texts = {
        "type": ["compute.", "compute.start", "Compute.Start", "snow ☃", "absent"],
        "outcome": ["ok", "failed", "started", "active"],
        "id": [EVENTS[0].message_id, "absent"],
        "has": ["size", "state", "absent"],
        "user": ["u1", "U1", "u"],
        "project": ["p1", "P1", "p2", "absent"],
    }.get(key, ["active", "ACTIVE", "error", "0", "_x", "7", corpus.TIMES[0].isoformat()])
    found = tuple(values(draw, texts, can_begin=key not in ("outcome", "id", "has")) for _ in several)
    return Token(key, found, draw(st.booleans()))


scopes = st.sampled_from([Everything(), ProjectAndOwnerless("p1"), WholeProject("p1"), OwnActs("p1", "u1")])
asked = st.builds(
    EventFilter,
    scopes,
    # An outcome is many terms, and there is a bound of them.
    st.lists(tokens(), max_size=3, unique_by=lambda one: "outcome" if one.key == "outcome" else id(one)).map(
        lambda all_: expression(Filter(tuple(all_)), id_traits=ID_TRAITS)
    ),
)


def pages_of(search, wanted, sort, limit):
    """Read every page; yield the events and how far each came."""
    after = None
    for _ in range(10_000):
        found = search(wanted, Page(limit, sort, after=after))
        yield found
        if found.next is None:
            return
        after = found.next


@EXAMPLES
@given(wanted=asked, sort=st.sampled_from(SORTS), limit=st.sampled_from([7, 1000]))
def test_a_search_finds_what_the_filter_says(filled, wanted, sort, limit):
    store, fold = filled
    expected = oracle.page_of(EVENTS, wanted, Page(1000, sort), fold)
    pages = list(pages_of(lambda *asked: store.search_events(*asked, seconds=SECONDS), wanted, sort, limit))
    assert [event for page in pages for event in page.events] == expected
    assert all(page.reached is None for page in pages)
    assert len(pages) == max(1, -(-len(expected) // limit))


# What takes too long.


class Late:
    """A clock that a statement which is too slow takes to its deadline."""

    def __init__(self):
        self.ahead, self.statements = 0.0, 0

    def __call__(self):
        return time.monotonic() + self.ahead


@dataclasses.dataclass(frozen=True, kw_only=True)
class LateReader(Reader):
    """A reader of which these statements take too long, counted from the first one."""

    clock: Late
    late: Container[int]

    def find(self, event_filter, page):
        self.clock.statements += 1
        if self.clock.statements in self.late:
            self.clock.ahead += self.engine.get_execution_options()[DEADLINE] - self.clock()
            raise TooSlowError("A statement took too long.")
        return super().find(event_filter, page)


def searcher(store, late):
    clock, reader = Late(), store._reader
    return Searcher(
        LateReader(reader.engine, reader.retry, reader.limits, reader.show, clock=clock, late=late),
        Clock(clock, lambda: corpus.BEGIN + timedelta(hours=6)),
    )


WANTED = [
    EventFilter(Everything()),
    EventFilter(OwnActs("p1", "u1"), Not(HasTrait("size"))),
    EventFilter(Everything(), Since(corpus.TIMES[1])),
    EventFilter(ProjectAndOwnerless("p1"), Until(corpus.TIMES[4])),
]


@pytest.mark.parametrize("sort", SORTS, ids=["newest", "oldest"])
@pytest.mark.parametrize("limit", [7, 1000])
def test_what_is_found_range_by_range_is_the_same(filled, sort, limit):
    store, fold = filled
    for wanted, late in itertools.product(WANTED, [(1,), (1, 3, 6)]):
        pages = pages_of(
            lambda *asked, late=late: searcher(store, late).search(*asked, seconds=SECONDS), wanted, sort, limit
        )
        found = [event for page in pages for event in page.events]
        assert found == oracle.page_of(EVENTS, wanted, Page(1000, sort), fold)


@pytest.mark.parametrize("sort", SORTS, ids=["newest", "oldest"])
def test_a_search_that_is_broken_off_tells_how_far_it_came_and_goes_on_from_there(filled, sort):
    store, fold = filled
    for wanted, windows in itertools.product(WANTED, [1, 2, 3]):
        expected = oracle.page_of(EVENTS, wanted, Page(1000, sort), fold)
        page = Page(1000, sort)
        found = searcher(store, [1, *range(2 + windows, 100)]).search(wanted, page, seconds=SECONDS)
        if found.reached is None:  # all of it is in these ranges
            assert found.events == expected
            continue
        looked_at = [e for e in expected if (e.generated >= found.reached) == sort[0].descending]
        assert found.events == looked_at
        rest = store.search_events(wanted, Page(1000, sort, after=found.next), seconds=SECONDS)
        assert [*found.events, *rest.events] == expected


def test_a_search_that_came_nowhere_says_so(filled):
    with pytest.raises(TooSlowError, match="ask for a shorter"):
        searcher(filled[0], range(1, 100)).search(WANTED[0], Page(10, NEWEST), seconds=SECONDS)


FOR_EVER = "SELECT COUNT(*) FROM event a, event b, event c, event d, event e WHERE a.message_id <> e.message_id"


def test_a_statement_ends_at_its_deadline_and_the_next_one_has_no_such_bound(filled):
    store, _fold = filled
    begin = time.monotonic()
    bounded = store._reading.execution_options(**{DEADLINE: begin + 0.3})
    with pytest.raises(TooSlowError):
        store._retry.read(bounded, lambda connection: connection.execute(text(FOR_EVER)).all())
    assert time.monotonic() - begin < 5
    time.sleep(0.1)
    for _ in range(2):  # as many connections as there are
        assert store.get_events(WANTED[0], Page(1))
