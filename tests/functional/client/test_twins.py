"""A search has one answer, however it is asked for: pages, lines, tables, CloudEvents, commands and the storage."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from event_model.settling import Settled
from panko import opts
from panko.api.messages.formats.tables import guarded
from panko.api.resources.search.counts import MOST_SERIES
from panko.asking.search import expression, parse
from panko.filters import And, EventFilter, Everything, Page, SortField, SortKey
from panko.filters.expressions import during
from panko_client import moments
from panko_client.demo import week
from servers.local_event_api import LocalEventApi
from servers.stored_week import SEARCH, StoredWeek, ids

END = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
WEEK = week(1, END)
EXAMPLES = settings(max_examples=10, suppress_health_check=list(HealthCheck))
FIXED = {"generated", "event_type", "message_id"}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    with LocalEventApi(tmp_path_factory.mktemp("twins")) as api:
        stored_week = StoredWeek.of(WEEK, api)
        Settled(api.connection).settle()
        yield stored_week


PLANTED = WEEK.planted
WORDS = st.sampled_from(
    [
        "",
        "outcome:failed",
        "outcome:failed,started",
        "-outcome:ok",
        "type:compute.*",
        "-type:compute.instance.exists",
        "type:volume.*,image.upload",
        "has:host",
        "service:compute*",
        "memory_mb:>=4096",
        f"resource:{PLANTED.stuck_resize[0]}",
        f"request:{PLANTED.failed_creates[0][1]}",
        f"user:{PLANTED.role_grant.user_id}",
        f"initiator_host_addr:{PLANTED.failed_logins.address} outcome:failed",
    ]
)
RANGES = st.builds(
    lambda hours, length: (END - timedelta(hours=hours), END - timedelta(hours=hours - length)),
    st.integers(12, 7 * 24),
    st.sampled_from([1, 6, 12]),
)


@EXAMPLES
@given(words=WORDS, within=RANGES, order=st.sampled_from(["newest", "oldest"]), limit=st.sampled_from([7, 100, 1000]))
def test_every_way_to_ask_gives_the_same_events_in_the_same_order(cloud, words, within, order, limit):
    since, until = map(moments.written, within)
    arguments = {"from_": since, "to": until, "order": order}
    events = cloud.events(words, limit=str(limit), **arguments)
    assert ids(events) == ids(stored(cloud, words, within, newest_first=order == "newest"))
    assert cloud.lines(words, **arguments) == events
    table = cloud.table(words, **arguments)
    assert ids(table) == ids(events)
    assert list(map(filled, table)) == list(map(cells, events))
    batch = json.loads(cloud.raw(SEARCH, filter=words, format="cloudevents", **arguments)[0])
    assert [one["id"] for one in batch] == ids(events)
    command = [
        "search",
        *(["--oldest-first"] if order == "oldest" else []),
        "--since",
        since,
        "--until",
        until,
        "--all",
    ]
    asked = ["--", words] if words else []
    assert cloud.told(*command, *asked) == events
    for form, read in (("json", json.loads), ("csv", lambda text: list(csv.DictReader(io.StringIO(text))))):
        rows = read(cloud.openstack(*command, "-f", form, *asked))
        assert [(row["Time"], row["Event Type"], row["Message ID"]) for row in rows] == [
            (event["generated"], event["event_type"], event["message_id"]) for event in events
        ]


HISTOGRAM, FACETS = "/v2/search/histogram", "/v2/search/facets"


@EXAMPLES
@given(words=WORDS, within=RANGES, by=st.sampled_from(["outcome", "event_type"]))
def test_what_is_counted_is_what_is_listed_however_it_is_asked_for(cloud, words, within, by):
    since, until = map(moments.written, within)
    arguments = {"filter": words, "from_": since, "to": until}
    listed = ids(cloud.events(words, limit="1000", from_=since, to=until))
    told, rows, lines = counted(cloud, HISTOGRAM, by=by, buckets="6", **arguments)
    assert told["total"] == sum(bar["count"] for bar in told["histogram"]) == len(listed)
    for bar in told["histogram"]:
        left = bar["count"] - sum(bar["counts"].values())
        assert left == 0 or (left > 0 and len(bar["counts"]) == MOST_SERIES)
    for twin in (rows, lines):
        assert [int(row["count"]) for row in twin] == [bar["count"] for bar in told["histogram"]]
    told, rows, lines = counted(cloud, FACETS, field=by, size="20", **arguments)
    (facet,) = told["facets"]
    for twin in (rows, lines):
        assert [(row["value"], int(row["count"])) for row in twin] == [
            (value["value"], value["count"]) for value in facet["values"]
        ]
    assert facet["more"] or sum(value["count"] for value in facet["values"]) == len(listed)
    for value in facet["values"][:3]:
        of_value = cloud.events(f"{words} {value['filter']}", limit="1000", from_=since, to=until)
        assert set(ids(of_value)) <= set(listed)
        assert len(of_value) == value["count"] or words.startswith(("type:", "outcome:"))
    command = ["count", "--by", "outcome", "--since", since, "--until", until, "-f", "json"]
    printed = json.loads(cloud.openstack(*command, *(["--", words] if words else [])))
    assert sum(number for row in printed for number in row.values() if isinstance(number, int)) == len(listed)


def counted(cloud, path, **arguments):
    """Return what is counted, and the same as rows of a table and as lines."""
    whole, table, lines = (cloud.raw(path, format=form, **arguments)[0] for form in ("json", "csv", "ndjson"))
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    return json.loads(whole), rows, [json.loads(line) for line in lines.splitlines()]


def stored(cloud, words, within, *, newest_first):
    """Return what the storage has, without the API."""
    meant = And((expression(parse(words), id_traits=id_traits()), *during(*within)))
    sort = tuple(SortKey(field, descending=newest_first) for field in (SortField.GENERATED, SortField.MESSAGE_ID))
    found = cloud.api.connection.search_events(EventFilter(Everything(), meant), Page(20_000, sort), seconds=60)
    return [{"message_id": event.message_id} for event in found.events]


def cells(event):
    """Return what a row has of an event: the title of each cell that is not empty, and the text in it."""
    traits = {trait["name"]: guarded(trait["value"]) if is_text(trait) else trait["value"] for trait in event["traits"]}
    found = {name: event[name] for name in FIXED} | traits
    return {name: value for name, value in found.items() if value}


def is_text(trait):
    return trait["type"] == "string"


def filled(row):
    return {name: value for name, value in row.items() if value}


def id_traits():
    (default,) = (option.default for option in opts.API if option.name == "id_traits")
    return tuple(default)
