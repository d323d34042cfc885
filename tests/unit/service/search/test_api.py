"""Searches over HTTP, on a store in memory."""

import csv
import dataclasses
import io
import json

import pytest

from event_model import oracle
from panko.event import Event, Trait, TraitType
from panko.filters import OwnActs
from panko.literals import parse_timestamp

MEMBER = {"X-Roles": "member", "X-User-Id": "u", "X-Project-Id": "p"}
ADMIN = {"X-Roles": "admin", "X-User-Id": "u", "X-Project-Id": "p"}
NOAUTH = "[api]\nauth_strategy = noauth\n"
WHOLE = "[oslo_policy]\npolicy_file = policy.yaml\n"


def event(number, kind="compute.instance.create.end", raw=None, **traits):
    texts = {"project_id": "p", "user_id": "u", "host": f"compute-{number % 3}"} | traits
    named = tuple(
        Trait(name, TraitType.INTEGER if isinstance(value, int) else TraitType.TEXT, value)
        for name, value in sorted(texts.items())
        if value is not None
    )
    return Event(f"m{number}", kind, parse_timestamp(f"2026-11-22T14:{number:02}:00"), named, raw or {"host": "x"})


EVENTS = [
    *(event(number, instance_id="web", request_id="req-1") for number in range(5)),
    event(5, "volume.attach.end", volume_id="vol", target_id="web", request_id="req-1"),
    event(6, "volume.attach.error", volume_id="vol", target_id="web", user_id="v"),
    event(7, user_id=None, size=40),
    event(8, project_id="q", instance_id="web"),
    event(9, project_id=None, user_id=None, display_name="=cmd|' /C calc'!A0"),
]


@pytest.fixture
def client(make_client, connection):
    connection.record_events(EVENTS)
    return make_client()


@pytest.fixture
def granted(make_client, connection, tmp_path):
    """A client of a service whose policy has one rule more."""

    def grant(rule):
        (tmp_path / "policy.yaml").write_text(f'"{rule}": "role:member"\n')
        connection.record_events(EVENTS)
        return make_client(NOAUTH + WHOLE)

    return grant


def ask(client, path="/v2/search/events", headers=MEMBER, **params):
    params = {name.rstrip("_"): value for name, value in params.items()}
    answer = client.simulate_get(path, headers=headers, params=params)
    assert answer.status_code == 200, answer.text
    return answer


def ids(answer):
    return [each["message_id"] for each in answer.json["events"]]


def refusal(client, path="/v2/search/events", headers=MEMBER, **params):
    params = {name.rstrip("_"): value for name, value in params.items()}
    answer = client.simulate_get(path, headers=headers, params=params)
    assert answer.status_code in (400, 403, 503), answer.text
    return answer.json["error_message"]["faultstring"]


def test_the_newest_come_first_and_events_are_written_as_in_v2(client):
    answer = ask(client)
    assert ids(answer) == ["m5", "m4", "m3", "m2", "m1", "m0"]
    v2 = client.simulate_get("/v2/events", headers=MEMBER).json
    assert answer.json == {"events": v2[::-1], "next": None, "exact": True, "from": None, "to": None}


def test_a_filter_and_a_range_hold_together(client):
    assert ids(ask(client, filter="type:compute.*", from_="2026-11-22T14:01:00", to="2026-11-22T14:03:00")) == [
        "m2",
        "m1",
    ]
    assert ids(ask(client, filter="outcome:failed", headers=ADMIN)) == ["m6"]
    assert ids(ask(client, filter="size:>39", headers=ADMIN)) == ["m7"]


def test_a_range_can_be_told_by_how_long_ago_it_was(client):
    assert ids(ask(client, from_="-2h")) == []
    (answer,) = (ask(client, from_="-2h", to="-1h"),)
    assert parse_timestamp(answer.json["to"]) - parse_timestamp(answer.json["from"]) == parse_timestamp(
        "2026-01-01T01:00:00"
    ) - parse_timestamp("2026-01-01T00:00:00")


def test_the_history_of_a_resource_is_found_in_every_trait_that_names_it(client):
    assert ids(ask(client, "/v2/resources/web/events")) == ["m5", "m4", "m3", "m2", "m1", "m0"]
    assert ids(ask(client, "/v2/resources/vol/events", headers=ADMIN)) == ["m6", "m5"]
    assert ids(ask(client, "/v2/resources/web/events", filter="type:volume.*")) == ["m5"]
    assert ids(ask(client, "/v2/resources/absent/events")) == []
    assert ids(ask(client, "/v2/resources/a%00b/events")) == []


def test_a_trace_goes_from_the_oldest_on(client):
    assert ids(ask(client, "/v2/requests/req-1/events")) == ["m0", "m1", "m2", "m3", "m4", "m5"]
    assert ids(ask(client, "/v2/requests/req-1/events", order="newest", limit="1")) == ["m5"]


def test_the_traits_that_name_a_resource_are_configured(make_client, connection):
    connection.record_events(EVENTS)
    client = make_client(NOAUTH + "id_traits = volume_id\n")
    assert ids(ask(client, "/v2/resources/web/events")) == []
    assert ids(ask(client, filter="resource:vol")) == ["m5"]


def test_a_history_has_the_requests_that_name_the_resource_by_their_path(client, connection):
    def asked(name, path):
        texts = {"project_id": "p", "requestPath": path, "user_id": "u"}
        traits = tuple(Trait(each, TraitType.TEXT, value) for each, value in texts.items())
        return Event(name, "audit.http.request", parse_timestamp("2026-11-22T12:00:00"), traits, {})

    paths = ("/v2.1/servers/s1", "/v2.1/servers/s1/action", "/compute/v2.1/servers/s1", "/v2.1/servers/s11", "/s1")
    connection.record_events([asked(str(number), path) for number, path in enumerate(paths)])
    assert sorted(ids(ask(client, "/v2/resources/s1/events"))) == ["0", "1", "2"]
    assert sorted(ids(ask(client, filter="resource:s1*"))) == ["0", "1", "2", "3"]


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_pages_join_while_others_store_events(client, connection, order):
    seen, cursor = [], {}
    while True:
        answer = ask(client, limit="2", order=order, from_="2026-11-22", **cursor)
        seen += ids(answer)
        if answer.json["next"] is None:
            break
        cursor = {"cursor": answer.json["next"]}
        connection.record_events([event(40 + len(seen)), event(30, "z")])  # before the page, and after it
    assert [each for each in seen if each in {f"m{n}" for n in range(6)}] == sorted(
        (f"m{n}" for n in range(6)), reverse=order == "newest"
    )
    assert len(seen) == len(set(seen))


def test_a_cursor_of_another_question_is_refused(client):
    cursor = ask(client, limit="2").json["next"]
    assert "another question" in refusal(client, cursor=cursor, filter="type:a")
    assert "another question" in refusal(client, cursor=cursor, order="oldest")
    assert "another question" in refusal(client, "/v2/resources/web/events", cursor=cursor)
    for broken in ("", "x", cursor[:-3], cursor + "A", "W10", "%00"):
        assert refusal(client, cursor=broken).startswith("The cursor")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"filter": "web"}, "column 1: web has no key"),
        ({"limit": "0"}, "1 to 1000"),
        ({"limit": "1001"}, "1 to 1000"),
        ({"limit": "٣"}, "1 to 1000"),
        ({"from_": "yesterday"}, "-15m, -2h or -7d"),
        ({"from_": "-999999w"}, "-15m, -2h or -7d"),
        ({"from_": "2026-11-22", "to": "2026-11-22"}, "to is not later"),
        ({"order": "up"}, "newest, oldest"),
        ({"follow": "2h"}, "1s to 3600s"),
        ({"follow": "60s", "order": "newest"}, "Leave out order"),
        ({"follow": "60s", "to": "-1h"}, "Leave out to"),
        ({"format": "xml"}, "json, ndjson, csv, cloudevents"),
        ({"columns": "a,,b"}, "names of traits"),
        ({"q.field": "a"}, "Unknown argument"),
        ({"all_projects": "yes"}, "true, false"),
        ({"all_projects": "true"}, "Only admins"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_write(client, arguments, hint):
    assert hint in refusal(client, **arguments)


def test_an_argument_that_is_there_twice_is_refused(client):
    answer = client.simulate_get("/v2/search/events", headers=MEMBER, query_string="limit=1&limit=2")
    assert answer.json["error_message"]["faultstring"] == "limit was given several times. Write it once."


def test_an_admin_may_ask_for_all_projects(client):
    assert ids(ask(client, headers=ADMIN, limit="2")) == ["m9", "m7"]
    assert ids(ask(client, headers=ADMIN, limit="2", all_projects="true")) == ["m9", "m8"]


# Who sees what.


def test_a_search_shows_what_the_list_of_v2_shows(client, granted):
    for each in (client, granted("telemetry:events:whole_project")):
        for headers in (MEMBER, ADMIN, MEMBER | {"X-User-Id": "v"}, MEMBER | {"X-Project-Id": "q"}):
            listed = {one["message_id"] for one in each.simulate_get("/v2/events", headers=headers).json}
            for path in ("/v2/search/events", "/v2/resources/web/events", "/v2/requests/req-1/events"):
                assert set(ids(ask(each, path, headers=headers))) <= listed
            assert set(ids(ask(each, headers=headers))) == listed


def test_nobody_without_a_project_searches(client):
    headers = {"X-Roles": "admin", "X-User-Id": "u"}
    for path in ("/v2/search/events", "/v2/resources/web/events", "/v2/requests/req-1/events"):
        assert client.simulate_get(path, headers=headers).status_code == 403


def test_a_policy_that_closes_the_list_closes_searches(make_client, tmp_path):
    (tmp_path / "policy.yaml").write_text('"telemetry:events:index": "!"\n')
    assert refusal(make_client(NOAUTH + WHOLE)) == "RBAC Authorization Failed"


def test_who_sees_a_whole_project_sees_nothing_of_the_cloud_below(granted):
    client = granted("telemetry:events:search:whole_project")
    found = ask(client).json["events"]
    assert [each["message_id"] for each in found] == ["m7", "m6", "m5", "m4", "m3", "m2", "m1", "m0"]
    assert "compute-" not in json.dumps(found)
    assert all(each["raw"] == {} for each in found)
    assert "host" not in ask(client, format="csv").text
    for asked in ("host:compute-1", "-host:compute-1", "has:host", '"HOST ":x', "has:hóst", "Node:x"):
        assert "is for admins" in refusal(client, filter=asked)
    assert ids(ask(client, filter="size:40")) == ["m7"]
    assert len(client.simulate_get("/v2/events", headers=MEMBER).json) == 6


def test_own_acts_are_shown_whole(client):
    assert ids(ask(client, filter="host:compute-1")) == ["m4", "m1"]
    own = [each for each in EVENTS if oracle.is_visible(each, OwnActs("p", "u"))]
    assert len(ask(client).json["events"]) == len(own)
    assert all(each["raw"] == {"host": "x"} for each in ask(client).json["events"])


# A search that takes too long.


def test_a_search_that_is_broken_off_says_how_far_it_came_and_goes_on(client, connection):
    connection.slow_before = parse_timestamp("2026-11-22T14:03:00")
    answer = ask(client, to="2026-11-22T15:00:00")
    assert ids(answer) == ["m5", "m4", "m3"]
    assert answer.json["exact"] is False
    assert answer.json["scanned"] == {"from": "2026-11-22T14:03:00", "to": "2026-11-22T15:00:00"}
    connection.slow_before = None
    assert ids(ask(client, to="2026-11-22T15:00:00", cursor=answer.json["next"])) == ["m2", "m1", "m0"]
    assert ask(client).json["exact"] is True


def test_a_search_that_comes_nowhere_is_a_503(client, connection):
    connection.slow_before = parse_timestamp("2027-01-01")
    assert "did not end in time" in refusal(client)


# Formats.


def rows(answer):
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


@pytest.mark.parametrize("params", [{}, {"limit": "3"}, {"filter": "type:compute.*"}])
def test_every_format_holds_the_same_events(client, params):
    expected = ask(client, headers=ADMIN, **params)
    lines = ask(client, headers=ADMIN, format="ndjson", **params)
    assert [json.loads(line) for line in lines.text.splitlines()] == expected.json["events"]
    table = rows(ask(client, headers=ADMIN | {"Accept": "text/csv"}, **params))
    assert [row["message_id"] for row in table] == ids(expected)
    batch = ask(client, headers=ADMIN, format="cloudevents", **params).json
    assert [each["id"] for each in batch] == ids(expected)
    assert (lines.headers["content-type"], lines.headers.get("panko-next")) == (
        "application/x-ndjson",
        expected.json["next"] if "limit" in params else None,
    )


def test_a_table_has_a_column_for_each_trait_and_no_formula(client):
    found = rows(ask(client, headers=ADMIN, format="csv", filter="id:m9,m7"))
    assert found == [
        {"generated": "2026-11-22T14:09:00", "event_type": "compute.instance.create.end", "message_id": "m9",
         "display_name": "'=cmd|' /C calc'!A0", "host": "compute-0", "project_id": "", "size": ""},
        {"generated": "2026-11-22T14:07:00", "event_type": "compute.instance.create.end", "message_id": "m7",
         "display_name": "", "host": "compute-1", "project_id": "p", "size": "40"},
    ]  # fmt: skip
    (row,) = rows(ask(client, headers=ADMIN, format="csv", filter="id:m7", columns="size,absent"))
    assert (row["size"], row["absent"], "host" in row) == ("40", "", False)


def test_a_file_is_named_for_its_range(client):
    answer = ask(client, format="csv", from_="2026-11-22T14:00:00", to="2026-11-23")
    assert answer.headers["content-disposition"] == (
        'attachment; filename="events_2026-11-22T140000Z_2026-11-23T000000Z.csv"'
    )
    assert 'filename="events_begin_now.ndjson"' in ask(client, format="ndjson").headers["content-disposition"]


def test_everything_is_sent_however_much_it_is(client, connection):
    many = [event(10, instance_id="many")]
    many += [
        Event(f"n{number}", "many", many[0].generated, (*many[0].traits, Trait("n", TraitType.INTEGER, number)))
        for number in range(2500)
    ]
    connection.record_events(many)
    assert len(ask(client, format="ndjson", filter="type:many").text.splitlines()) == 2500
    late = rows(ask(client, format="csv", order="oldest", filter="type:many,late"))
    assert [row["n"] for row in late] == [str(n) for n in sorted(range(2500), key=str)]
    connection.record_events([event(50, "late", odd="=1", **{"a b": "c"})])
    late = rows(ask(client, format="csv", order="oldest", filter="type:many,late"))
    assert json.loads(late[-1]["other_traits"]) == {"a b": "c", "odd": "'=1"}
    assert len(late) == 2501


def test_what_nobody_offers_is_refused(client):
    answer = client.simulate_get("/v2/search/events", headers=MEMBER | {"Accept": "text/html"})
    assert answer.status_code == 406
    assert client.simulate_get("/v2/events", headers=MEMBER | {"Accept": "text/csv"}).json["error_message"][
        "faultstring"
    ] == ("The API answers in application/json.")


# Following.


def test_following_begins_now_and_always_goes_on(client):
    answer = ask(client, follow="60s")
    assert (ids(answer), answer.json["exact"]) == ([], True)
    assert answer.json["next"]
    assert ask(client, follow="60s", cursor=answer.json["next"]).json["next"]


def test_following_finds_what_is_stored_late_and_repeats_no_more_than_the_overlap(client, connection):
    first = ask(client, follow="60s", from_="2026-11-22")
    assert ids(first) == ["m0", "m1", "m2", "m3", "m4", "m5"]
    # The end of the round: long before now, so nothing is read again.
    connection.record_events([dataclasses.replace(event(6), message_id="n6")])
    second = ask(client, follow="60s", from_="2026-11-22", cursor=first.json["next"])
    assert ids(second) == ["n6"]


def test_places_are_given_back_whatever_happens(client, connection):
    for _ in range(10):
        ask(client)
        ask(client, format="ndjson")
        connection.outage = "away"
        refusal(client)
        refusal(client, format="ndjson")
        connection.outage = None
