"""`/v2/search/operations`: begins and ends that belong together, whatever the filter and the page."""

import dataclasses
import itertools
import time
from datetime import UTC, datetime, timedelta

import pytest

from event_model.telling import NOON, event
from panko.asking.search.operations import MOST, related
from panko.errors import TooSlowError
from panko.filters import EventFilter, Everything
from panko.storage.sql.reading.plan import MOST_ALTERNATIVES, plan

CALLER = {"X-Roles": "member", "X-User-Id": "u", "X-Project-Id": "p"}
OWNER = {"project_id": "p", "user_id": "u"}


def step(name, phase, at, request="r1", **traits):
    return event(f"{name}.{phase}", at, f"{name}-{phase}-{at}", request_id=request, **(OWNER | traits))


EVENTS = [
    step("compute.instance.create", "start", 0, display_name="web-1", resource_id="w"),
    step("compute.instance.create", "end", 52, display_name="web-1", resource_id="w"),
    step("compute.instance.delete", "start", 100, "r2", resource_id="w"),
    step("compute.instance.delete", "error", 112, "r2", resource_id="w"),
    step("volume.create", "start", 120, "r3", resource_id="v", display_name="data"),
    event("image.upload", 130, "upload", name="debian", resource_id="i", **OWNER),
    step("compute.instance.create", "start", 140, "r4", resource_id="x", project_id="q"),
    event("audit.http.request", 150, "asked", id="c", target_name="nova", action="read", requestPath="/", **OWNER),
    event("audit.http.response", 151, "told", id="c", target_name="nova", action="read", requestPath="/", **OWNER),
]


@pytest.fixture
def client(make_client, connection):
    connection.record_events(EVENTS)
    return make_client()


def ask(client, status=200, headers=CALLER, **params):
    params = {name.rstrip("_"): value for name, value in params.items()}
    answer = client.simulate_get("/v2/search/operations", headers=headers, params=params)
    assert answer.status_code == status, answer.text
    return answer.json if status == 200 else answer.json["error_message"]["faultstring"]


def told(client, **params):
    return [(one["operation"], one["state"], one["seconds"]) for one in ask(client, **params)["operations"]]


def test_operations_are_told_with_their_sentences_and_times(client):
    answer = ask(client)
    audit, volume, deletion, creation = answer["operations"]
    assert (answer["next"], answer["exact"]) == (None, True)
    assert creation == {
        "operation": "compute.instance.create",
        "state": "ok",
        "began": "2026-11-22T12:00:00",
        "ended": "2026-11-22T12:00:52",
        "seconds": 52.0,
        "sentence": "u created server web-1 in 52 s",
        "resource_id": "w",
        "request_id": "r1",
        "user_id": "u",
        "project_id": "p",
        "message_ids": ["compute.instance.create-start-0", "compute.instance.create-end-52"],
    }
    assert deletion["sentence"] == "u deleted server web-1, failed after 12 s"
    assert audit["sentence"] == "u asked nova to read / in 1 s"
    assert (volume["state"], volume["ended"]) == ("no end seen", None)


def test_people_are_called_the_same_on_every_page_by_what_the_caller_may_see(client, connection):
    login = {"initiator_id": "u", "initiator_name": "dana"}
    connection.record_events([event("identity.authenticate", 200, "login", user_id="k", project_id="q", **login)])
    admin = {"headers": CALLER | {"X-Roles": "admin"}, "all_projects": "true"}
    deletion = ask(client, filter="type:compute.instance.delete*", limit="1", **admin)
    assert deletion["operations"][0]["sentence"] == "dana deleted server w, failed after 12 s"
    assert ask(client, filter="resource:w")["operations"][0]["sentence"] == "u deleted server web-1, failed after 12 s"


def test_what_others_did_is_told_to_nobody_else(client):
    assert "r4" not in {one["request_id"] for one in ask(client)["operations"]}
    admin = ask(client, headers=CALLER | {"X-Roles": "admin"}, all_projects="true")
    assert "r4" in {one["request_id"] for one in admin["operations"]}


def test_an_operation_is_found_by_one_of_its_events_and_told_as_a_whole(client):
    assert told(client, filter="outcome:failed") == [("compute.instance.delete", "failed", 12.0)]
    assert told(client, filter="type:compute.instance.create.start") == [("compute.instance.create", "ok", 52.0)]
    assert told(client, from_="2026-11-22T12:00:50", to="2026-11-22T12:01:00") == [
        ("compute.instance.create", "ok", 52.0)
    ]
    assert told(client, filter="resource:nothing") == []


@pytest.mark.parametrize("limit", ["1", "2", "3"])
@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize("single", ["true", "false"])
@pytest.mark.parametrize("words", ["", "outcome:failed,ok", "-outcome:started", "outcome:started"])
def test_pages_tell_each_operation_once(client, limit, order, single, words):
    arguments = {"order": order, "single": single} | ({"filter": words} if words else {})
    whole = ask(client, **arguments)["operations"]
    found, cursor = [], None
    for _ in range(20):
        page = ask(client, limit=limit, **arguments, **({"cursor": cursor} if cursor else {}))
        found += page["operations"]
        cursor = page["next"]
        if cursor is None:
            break
    assert [one["message_ids"] for one in found] == [one["message_ids"] for one in whole]
    assert len(set(itertools.chain.from_iterable(one["message_ids"] for one in found))) == sum(
        len(one["message_ids"]) for one in found
    )


def test_a_page_is_made_of_events_of_operations_alone(client):
    newest = {"limit": "1", "from_": "2026-11-22T12:01:55", "to": "2026-11-22T12:02:15"}
    assert [one[0] for one in told(client, **newest)] == ["volume.create"]


def test_single_events_are_told_on_demand(client):
    assert ("image.upload", "ok", None) in told(client, single="true")
    (upload,) = ask(client, single="true", filter="id:upload")["operations"]
    assert upload["sentence"] == "u uploaded image debian"
    assert upload["message_ids"] == ["upload"]


def test_what_began_just_now_is_running(make_client, connection):
    now = (datetime.now(UTC) - NOON) / timedelta(seconds=1)
    connection.record_events([step("volume.create", "start", now - 40, resource_id="v")])
    client = make_client()
    (running,) = ask(client)["operations"]
    assert running["state"] == "running"
    assert 40 <= running["seconds"] < 100
    assert ask(client, silent_after="10s")["operations"][0]["state"] == "no end seen"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"limit": "61"}, "is more than 60. Write less"),
        ({"limit": "x"}, "is no number"),
        ({"follow": "60s"}, "follow is none of the arguments of operations"),
        ({"format": "csv"}, "or search events"),
        ({"single": "perhaps"}, "Write true or false"),
        ({"single": ["true", "true"]}, "single was given several times"),
        ({"silent_after": "soon"}, "is no span"),
        ({"filter": "web"}, "wrong at column 1"),
        ({"wrong": "1"}, "Unknown argument"),
    ],
)
def test_what_cannot_be_asked_is_told(client, arguments, told):
    assert told in ask(client, 400, **arguments)


def test_a_search_that_is_broken_off_says_so(client, connection):
    connection.slow_before = NOON + timedelta(seconds=110)
    answer = ask(client)
    assert answer["exact"] is False
    assert answer["next"]
    assert answer["scanned"] == {"from": "2026-11-22T12:01:50", "to": None}


def test_no_page_has_more_alternatives_than_an_index_is_asked_for():
    page = [step("volume.create", "start", number, f"r{number}") for number in range(MOST)]
    assert MOST <= MOST_ALTERNATIVES
    (found,) = plan(EventFilter(Everything(), related(page))).either
    assert len(found) == MOST


@pytest.mark.parametrize("other", [{"single": "true"}, {"silent_after": "3h"}])
def test_a_cursor_is_of_one_question_about_operations(client, other):
    cursor = ask(client, limit="2")["next"]
    assert ask(client, limit="2", silent_after="1h", single="false", cursor=cursor)["operations"]
    assert "another question" in ask(client, 400, cursor=cursor, **other)


def test_a_cursor_of_events_is_none_of_operations(client):
    of_operations = ask(client, limit="2")["next"]
    events = client.simulate_get("/v2/search/events", headers=CALLER, params={"limit": "2"}).json["next"]
    assert "another question" in ask(client, 400, cursor=events)
    refused = client.simulate_get("/v2/search/events", headers=CALLER, params={"cursor": of_operations})
    assert refused.status_code == 400


# What belongs to the operations of a page takes time too.


@pytest.fixture
def slow(make_client, connection, monkeypatch):
    """A client of a service whose searches take so many seconds each, one after the other."""

    def make(*costs, most=1000):
        left, search = list(costs), connection.search_events

        def searching(event_filter, page, *, seconds, width=None):
            cost = left.pop(0) if left else 0
            time.sleep(min(cost, seconds))
            if cost > seconds:
                raise TooSlowError("The search did not end in time.")
            page = dataclasses.replace(page, limit=min(page.limit, most))
            return search(event_filter, page, seconds=seconds, width=width)

        monkeypatch.setattr(connection, "search_events", searching)
        return make_client("[api]\nauth_strategy = noauth\nsearch_seconds = 0.5\n")

    connection.record_events(EVENTS)
    return make


NO_TIME = 1000.0


def test_all_searches_of_an_answer_have_the_time_of_one(client, slow):
    cursor = ask(client, limit="2")["next"]
    began = time.monotonic()
    answer = ask(slow(0.2, NO_TIME, NO_TIME), limit="2", cursor=cursor)
    assert time.monotonic() - began < 0.9
    assert answer["exact"] is False


def test_what_may_have_ended_is_not_told_as_stuck(slow):
    answer = ask(slow(0, NO_TIME), filter="type:compute.instance.delete.start,image.upload", single="true")
    assert [one["operation"] for one in answer["operations"]] == ["image.upload"]
    assert answer["exact"] is False


def test_what_earlier_pages_had_was_looked_for_or_the_answer_says_so(client, slow):
    cursor = ask(client, limit="2")["next"]
    assert ask(client, limit="2", cursor=cursor)["exact"] is True
    assert ask(slow(0, 0, NO_TIME), limit="2", cursor=cursor)["exact"] is False


def test_what_belongs_to_a_page_is_read_on_while_there_is_time(slow):
    newest = {"filter": "type:compute.instance.create.end,compute.instance.delete.error", "limit": "10"}
    answer = ask(slow(most=2), **newest)
    assert [one["state"] for one in answer["operations"]] == ["failed", "ok"]
    assert all(one["began"] for one in answer["operations"])
    assert answer["exact"] is True
