"""What belongs to the operations of a page is found in every database, by the index of what they have in common."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from panko.asking.search.operations import MOST, related
from panko.event import Event, Trait, TraitType
from panko.filters import EventFilter, Everything, OwnActs, Page, SortField, SortKey
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.schema.migrate import upgrade
from panko.stories import State, operations

BEGIN = datetime(2026, 11, 22, 12, tzinfo=UTC)
NEWEST = tuple(SortKey(field, descending=True) for field in (SortField.GENERATED, SortField.MESSAGE_ID))
REQUESTS = 600
SECONDS = 20.0


def event(event_type, minute, number, **traits):
    texts = {"project_id": "p", "user_id": f"u{number % 2}", "resource_id": f"r{number % 7}"} | traits
    return Event(
        f"{event_type}-{number}",
        event_type,
        BEGIN + timedelta(minutes=minute, milliseconds=number),
        tuple(Trait(name, TraitType.TEXT, value) for name, value in sorted(texts.items())),
    )


# Every begin is long before the first end, so no page of ends holds one of them.
BEGINS = [event("compute.instance.create.start", 0, n, request_id=f"req-{n}") for n in range(REQUESTS)]
ENDS = [event("compute.instance.create.end", 600, n, request_id=f"req-{n}") for n in range(REQUESTS)]
OTHERS = [event("compute.instance.exists", n % 600, n) for n in range(REQUESTS)]
ATTACHED = [event(f"volume.attach.{phase}", at, 1, resource_id="alone") for phase, at in (("start", 1), ("error", 700))]


@pytest.fixture(scope="module")
def store(new_database):
    url = new_database()
    upgrade(url)
    connection = connect(url, ConnectionSettings(pool_size=2))
    for events in (BEGINS, OTHERS, ENDS, ATTACHED):
        connection.record_events(events)
    yield connection
    connection.dispose()


@pytest.mark.parametrize("scope", [Everything(), OwnActs("p", "u1")], ids=["all", "own"])
def test_every_end_of_a_page_finds_its_begin(store, scope):
    page = store.search_events(EventFilter(scope), Page(MOST, NEWEST), seconds=SECONDS).events
    began = time.monotonic()
    found = store.search_events(EventFilter(scope, related(page)), Page(1000, NEWEST), seconds=SECONDS)
    assert time.monotonic() - began < SECONDS / 2
    assert (found.next, found.reached) == (None, None)
    assert {one.event_type for one in found.events} == {
        *("compute.instance.create.start", "compute.instance.create.end"),
        *("volume.attach.start", "volume.attach.error"),
    }
    told = operations([*page, *found.events], now=BEGIN, silent_after=timedelta(hours=1))
    assert len(told) == MOST
    assert all(one.begun and one.ended for one in told)
    assert [one.state for one in told].count(State.FAILED) == 1
