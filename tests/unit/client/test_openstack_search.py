"""`openstack event search` and what is like it: data to standard output, words to standard error."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from osc_lib.exceptions import CommandError

from panko_client import Filter
from panko_client.errors import InputError
from panko_client.osc.search import plain
from panko_client.osc.search.asking import word
from panko_client.searching import Search
from servers.command_line import COMMANDS
from servers.local_event_api import fault

DOCS = Path(__file__).parents[3] / "docs"
SINCE = datetime(2026, 11, 1, tzinfo=UTC)
OLD = ("200 OK", [("Content-Type", "application/json")], json.dumps({"api": {"events:query:simple": True}}).encode())

SEARCHES = {"events:query:simple": True, "events:search": True, "operations:search": True}
OLD_COUNTS = ("200 OK", [("Content-Type", "application/json")], json.dumps({"api": SEARCHES}).encode())


def event(message_id, event_type, minute, **traits):
    texts = {"project_id": "demo", "request_id": "req-1", "user_id": "alice"} | traits
    return {
        "message_id": message_id,
        "event_type": event_type,
        "generated": f"2026-11-22T12:{minute:02}:00",
        "traits": [[key, 1, value] for key, value in texts.items() if value],
    }


WEB = {"resource_id": "9f0c", "display_name": "web-1"}
EVENTS = (
    event("m1", "compute.instance.create.start", 1, **WEB),
    event("m2", "compute.instance.create.end", 2, **WEB),
    event("m3", "volume.attach.start", 3, request_id="req-2", volume_id="v", instance_id="9f0c"),
    event("m4", "volume.attach.error", 4, request_id="req-2", volume_id="v", instance_id="9f0c"),
    event("m5", "image.upload", 5, request_id="req-5", name="\x1b[31mdebian"),
)


@pytest.fixture
def stored(client):
    client.create(*EVENTS)


def answering(document):
    return "200 OK", [("Content-Type", "application/json")], json.dumps(document).encode()


def rows(answer):
    return [json.loads(line) for line in answer[0].splitlines()]


def happens(client, name):
    client.create(event(name, "image.upload", 0) | {"generated": datetime.now(UTC).isoformat()})


def test_a_search_shows_the_newest_first_with_what_people_look_for(openstack, stored):
    out, err = openstack("search", "-f", "json", "outcome:failed")
    assert json.loads(out) == [
        {
            "Time": "2026-11-22T12:04:00",
            "Event Type": "volume.attach.error",
            "Resource": "9f0c",
            "User": "alice",
            "Outcome": "failed",
            "Message ID": "m4",
        }
    ]
    assert err == ""
    out, _ = openstack("search", "-f", "value", "-c", "Message ID", "resource:9f0c -type:volume.*")
    assert out.split() == ["m2", "m1"]
    assert openstack("search", "-f", "value", "-c", "message_id", "--oldest-first")[0].split() == [
        one["message_id"] for one in EVENTS
    ]


def test_where_nothing_is_found_it_is_told_how_new_events_are(openstack, client):
    out, err = openstack("search", "-f", "value", "type:absent")
    assert (out, err) == ("", "Nothing was found. There is no event that you may see.\n")
    out, err = openstack("search", "-f", "value", "--all-projects", "type:absent")
    assert err.startswith("Nothing was found. No event is stored at all: no producer has published yet")
    three_days_ago = (datetime.now(UTC) - timedelta(days=3, hours=1)).replace(microsecond=0)
    client.create(event("m1", "image.upload", 1) | {"generated": three_days_ago.isoformat()})
    out, err = openstack("search", "-f", "json", "type:absent")
    assert (json.loads(out), err) == ([], "Nothing was found. The last event that you may see was 3 d ago.\n")
    _, err = openstack("search", "-f", "value", "--since", "30d", "type:absent")
    assert err.endswith(f"Of what was before {three_days_ago.replace(tzinfo=None).isoformat()} nothing is kept.\n")
    with pytest.raises(CommandError, match=r"with --all-projects\. The last event that you may see was 3 d ago\.$"):
        openstack("history", "absent")


def test_a_server_that_does_not_tell_how_new_events_are_is_not_asked(openstack, stored, api):
    api.answers.append(answering({"api": {"events:search": True}}))
    assert openstack("search", "-f", "value", "type:absent") == ("", "Nothing was found.\n")
    assert "/v2/search/freshness" not in [path for _, path, _ in api.asked]


def test_what_is_told_beside_a_search_does_not_fail_it(openstack, stored, api):
    capable = {"api": {"events:search": True, "events:freshness": True}}
    refused = fault("403 Forbidden", "RBAC Authorization Failed")
    api.answers += [answering(capable), answering({"events": [], "next": None, "exact": True}), refused]
    assert openstack("search", "-f", "value", "type:absent") == ("", "Nothing was found.\n")


def test_what_is_left_is_told_and_all_is_shown_on_demand(openstack, stored):
    out, err = openstack("search", "-f", "value", "-c", "Message ID", "--limit", "2")
    assert out.split() == ["m5", "m4"]
    assert err.startswith("There is more than 2: --limit N or --all")
    out, err = openstack("search", "-f", "value", "-c", "Message ID", "--all")
    assert (len(out.split()), err) == (5, "")
    out, _ = openstack("search", "-f", "value", "-c", "Message ID", "--until", "2026-11-22T12:03:00", "--since",
                       "2026-11-22T12:02:00")  # fmt: skip
    assert out.split() == ["m2"]


@pytest.mark.parametrize("command", ["history", "trace", "timings", "count"])
def test_each_command_tells_that_there_is_more(openstack, client, command):
    client.create(
        *(event(f"b{number}", f"volume.attach{number % 2}.start", number, **WEB) for number in range(6)),
        *(event(f"c{number}", f"image.part{number}", number, request_id="", **WEB) for number in range(6)),
        *(event(f"d{number}", "volume.attach.error", number, **WEB) for number in range(6)),
    )
    words = {"history": ["9f0c"], "trace": ["req-1"], "timings": ["volume.attach"], "count": []}[command]
    words += ["--since", "2026-11-01", "-f", "ndjson"]
    whole, err = openstack(command, *words)
    assert "There is more" not in err
    for limit, told in ((len(whole.splitlines()), False), (2, True)):
        out, err = openstack(command, *words, "--limit", str(limit))
        assert (len(out.splitlines()), "There is more than" in err) == (limit, told)


def test_a_server_without_search_has_more_too(openstack, stored, api):
    for limit, told in ((5, False), (2, True)):
        api.answers.append(OLD)
        out, err = openstack("search", "-f", "ndjson", "--limit", str(limit))
        assert (len(out.splitlines()), f"There is more than {limit}" in err) == (limit, told)


def inexact(name, found, following):
    document = {name: found, "next": following, "exact": False}
    return "200 OK", [("Content-Type", "application/json")], json.dumps(document).encode()


@pytest.mark.parametrize("words", [("search",), ("count", "--by", "type,user")])
def test_a_search_in_pieces_is_whole_and_told_once(openstack, stored, api, client, words):
    after = client.searching.events(Search(since=SINCE), limit=1)
    going_on = next(after).next
    asked = (*words, "--since", "2026-11-01T00:00:00", "--all", "-f", "ndjson")
    api.answers += [lambda: None, inexact("events", [], going_on)]
    out, err = openstack(*asked)
    assert sum(one.get("count", 1) for one in rows((out,))) == 4
    assert err.count("in pieces") == 1
    assert "in pieces" not in openstack(*asked)[1]


@pytest.mark.parametrize("words", [("history", "9f0c"), ("trace", "req-1"), ("timings", "volume.attach")])
def test_operations_that_may_lack_something_are_told(openstack, stored, api, client, words):
    (page,) = client.searching.operations(Search())
    assert page.exact
    api.answers += [lambda: None, inexact("operations", page.found, None)]
    asked = (*words, "--since", "2026-11-01", "-f", "ndjson")
    out, err = openstack(*asked)
    assert len(out.splitlines()) == len(page.found)
    assert err.count("a begin or an end may be missing") == 1
    assert openstack(*asked)[1] == ""


def test_operations_are_asked_for_in_pages_that_the_server_gives(client, api):
    client.create(*(event(f"b{number:03}", "image.upload", number % 60) for number in range(130)))
    api.arguments.clear()
    found = [one for page in client.searching.operations(Search(), single=True) for one in page.found]
    assert len(found) == 130
    assert [one["limit"] for one in api.arguments] == ["60", "60", "60"]


def test_what_belongs_to_the_last_operation_is_not_more(openstack, stored):
    out, err = openstack("history", "9f0c", "-f", "ndjson", "--limit", "2")
    assert (len(out.splitlines()), err) == (2, "")


def test_ndjson_is_whole_events_which_can_be_stored_again(openstack, stored, client):
    found = rows(openstack("search", "-f", "ndjson"))
    assert found[0] == client.document("m5")
    assert rows(openstack("search", "-f", "ndjson", "-c", "Outcome", "id:m4")) == [{"outcome": "failed"}]


def test_nothing_that_is_stored_moves_the_terminal(openstack, stored, client):
    for words in (("search",), ("search", "-f", "value"), ("count", "--by", "name", "--since", "2026-11-22")):
        assert "\x1b" not in openstack(*words)[0]
    client.create(event("m7", "image.upload", 7, name="\x9b31m"))
    assert openstack("search", "-f", "ndjson", "id:m7")[0].isascii()
    (told,) = json.loads(openstack("trace", "req-5", "-f", "json")[0])
    assert told["What"] == "alice uploaded image [31mdebian"


def test_following_shows_each_event_once_as_it_arrives_and_survives_an_outage(openstack, stored, api, time, client):
    new = [event(f"n{number}", "image.upload", 6 + number) for number in range(3)]
    down = ("503 Service Unavailable", [], b"")
    time.then = [lambda: client.create(new[0]), lambda: api.answers.extend([down] * 40), *[lambda: None] * 12]
    time.then += [lambda: None] * 80
    time.then[60] = lambda: client.create(*new[1:])
    words = ("--follow", "-f", "ndjson", "--since", "2026-11-22T12:00:00", "--limit", "8")
    found = rows(openstack("search", *words))
    assert [one["message_id"] for one in found] == [one["message_id"] for one in (*EVENTS, *new)]


def test_what_is_found_again_while_following_is_shown_once(openstack, time, client):
    happens(client, "first")
    time.then = [lambda: None, lambda: happens(client, "second"), *[lambda: None] * 5]
    found = rows(openstack("search", "--follow", "-f", "ndjson", "--limit", "2"))
    assert [one["message_id"] for one in found] == ["first", "second"]


def test_nothing_is_shown_again_after_an_outage_of_hours(openstack, api, time, client):
    time.at = datetime.now(UTC)
    happens(client, "before")

    def breaks():
        api.stop()
        time.at += timedelta(hours=3)

    def heals():
        api.start()
        happens(client, "after")

    time.then = [breaks, *[lambda: None] * 20, heals]
    found = rows(openstack("search", "--follow", "-f", "ndjson", "--limit", "2"))
    assert [one["message_id"] for one in found] == ["before", "after"]


def test_nothing_is_shown_again_to_a_reader_who_stood_still(client, time):
    time.at = datetime.now(UTC)
    happens(client, "first")
    following = client.searching.follow(Search())
    assert next(following)["message_id"] == "first"
    time.at += timedelta(hours=3)
    time.then = [lambda: happens(client, "second")]
    assert next(following)["message_id"] == "second"


def test_following_for_people_writes_lines(openstack, stored):
    out, _ = openstack("search", "--follow", "--since", "2026-11-22T12:00:00", "--limit", "2")
    assert out.splitlines()[0].startswith("2026-11-22T12:01:00 compute.instance.create.start web-1 alice started m1")


def test_a_history_is_told_in_sentences(openstack, stored):
    told = json.loads(openstack("history", "9f0c", "-f", "json")[0])
    assert [(one["What"], one["State"], one["Seconds"]) for one in told] == [
        ("alice attached volume web-1 to server web-1, failed after 1 min", "failed", 60.0),
        ("alice created server web-1 in 1 min", "ok", 60.0),
    ]
    assert rows(openstack("history", "9f0c", "-f", "ndjson"))[1]["message_ids"] == ["m1", "m2"]


def test_a_trace_is_in_order_and_has_single_events_too(openstack, stored, client):
    client.create(event("m6", "image.send", 0, image_id="i"))
    told = json.loads(openstack("trace", "req-1", "-f", "json")[0])
    assert [one["What"] for one in told] == ["alice sent image i", "alice created server web-1 in 1 min"]


def test_timings_are_of_a_type(openstack, stored):
    told = json.loads(openstack("timings", "volume.attach", "-f", "json", "--since", "2026-11-01")[0])
    assert [(one["State"], one["Seconds"]) for one in told] == [("failed", 60.0)]


def test_what_nobody_knows_is_an_error(openstack, stored):
    with pytest.raises(CommandError, match="look at the id"):
        openstack("history", "nothing")


def test_events_are_counted(openstack, stored):
    out, err = openstack("count", "--by", "outcome,user", "--since", "2026-11-01", "-f", "json")
    assert json.loads(out) == [
        {"outcome": "ok", "user": "alice", "count": 2},
        {"outcome": "started", "user": "alice", "count": 2},
        {"outcome": "failed", "user": "alice", "count": 1},
    ]
    assert err == "5 events\n"
    out, _ = openstack("count", "--since", "2026-11-01", terminal=True)
    assert "█" in out
    assert "█" not in openstack("count", "--since", "2026-11-01")[0]


def test_the_server_counts_where_it_counts_the_same(openstack, stored, client, api):
    client.create(event("m6", "image.upload", 6, user_id=""))
    for words in (["--by", "type"], ["--by", "outcome"], ["--by", "user"], ["--by", "hour"], ["--by", "hour,outcome"]):
        asked = ("count", *words, "--since", "2026-11-22T11:30:00", "--until", "2026-11-22T14:10:00", "-f", "json")
        api.arguments.clear()
        out, err = openstack(*asked)
        counted = {one["count"] for one in json.loads(out)} - {0}
        assert not any("limit" in one for one in api.arguments)  # no page of events was read
        api.answers.append(OLD_COUNTS)
        walked, said = openstack(*asked)
        assert err == said == "6 events\n"
        told = [one for one in json.loads(out) if one["count"]]
        assert told == json.loads(walked)
        assert counted


def test_every_hour_is_told_with_its_events_in_the_order_of_time(openstack, stored):
    words = ("count", "--by", "hour", "--since", "2026-11-22T10:30:00", "--until", "2026-11-22T14:00:00")
    assert json.loads(openstack(*words, "-f", "json")[0]) == [
        {"hour": "2026-11-22T10:00:00", "count": 0},
        {"hour": "2026-11-22T11:00:00", "count": 0},
        {"hour": "2026-11-22T12:00:00", "count": 5},
        {"hour": "2026-11-22T13:00:00", "count": 0},
    ]
    days = ("count", "--by", "hour", "--since", "2026-11-01T10:30:00", "--until", "2026-11-23", "--all", "-f", "json")
    whole = json.loads(openstack(*days)[0])
    assert (len(whole), sum(one["count"] for one in whole)) == (22 * 24 - 10, 5)


def test_what_the_server_counts_in_part_is_counted_from_events(openstack, client):
    client.create(*(event(f"b{number}", f"kind.{number}", number) for number in range(30)))
    out, err = openstack("count", "--since", "2026-11-01", "--all", "-f", "json")
    assert (len(json.loads(out)), err) == (30, "30 events\n")


def test_two_events_are_compared(openstack, stored):
    told = json.loads(openstack("diff", "m1", "m3", "-f", "json")[0])
    assert {"Name": "request_id", "First": "req-1", "Second": "req-2"} in told
    assert not [one for one in told if one["Name"] == "user_id"]
    assert [
        one for one in json.loads(openstack("diff", "m1", "m3", "--same", "-f", "json")[0]) if one["Name"] == "user_id"
    ]


def test_a_server_without_search_is_asked_as_v2_and_what_it_cannot_do_is_told(openstack, stored, api):
    def old(*words):
        api.answers.append(OLD)
        return openstack(*words)

    out, err = old("search", "-f", "value", "-c", "Message ID", "request:req-1", "type:compute.instance.create.end")
    assert (out.split(), err) == (["m2"], "This server has no search, so its list is asked.\n")
    out, err = old("history", "9f0c", "-f", "value", "-c", "Message ID")
    assert out.split() == ["m2", "m1"]
    assert "not those that name it otherwise" in err
    with pytest.raises(InputError, match="cannot be asked for outcome:failed: write KEY:VALUE"):
        old("search", "outcome:failed")
    with pytest.raises(InputError, match="how long operations took cannot be asked"):
        old("timings", "compute.instance.create")
    with pytest.raises(InputError, match="nothing can be exported"):
        old("export", "-o", "/nowhere")
    out, _ = old("search", "--follow", "-f", "ndjson", "--since", "2026-11-22T12:00:00", "--limit", "1", "id:m2")
    assert json.loads(out)["message_id"] == "m2"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command):
    pages = "".join((DOCS / name).read_text() for name in ("client.md", "cli.md"))
    assert f"`{command.replace('_', ' ')}" in pages


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("search", "--since", "yesterday"), "write how long ago"),
        (("search", "--limit", "0"), "write 1 or more"),
        (("search", "--limit", "1", "--all"), "not allowed with"),
        (("history",), "the following arguments are required: <RESOURCE>"),
        (("export",), "-o/--output"),
    ],
)
def test_wrong_usage_is_told_with_what_to_write(openstack, api, capsys, words, told):
    with pytest.raises(SystemExit) as ended:
        openstack(*words)
    assert ended.value.code == 2
    assert told in capsys.readouterr().err
    assert api.asked == []


def test_a_filter_is_put_into_v2s_terms():
    assert plain.filters('type:a.b request:req-1 name:"web \\"1\\" x"') == [
        Filter("event_type", "a.b"),
        Filter("request_id", "req-1"),
        Filter("name", 'web "1" x'),
    ]
    for text in (
        "-type:a",
        "type:a*",
        "size:>4",
        "has:host",
        "outcome:ok",
        "type:a,b",
        "word",
        "type:a type:b",
        'a:"b" c:d a:e',
    ):
        with pytest.raises(InputError, match="cannot be asked for"):
            plain.filters(text)


def test_a_value_is_quoted_where_it_has_to_be():
    assert word("resource", "9f0c-1") == "resource:9f0c-1"
    assert word("resource", 'a b"\\') == 'resource:"a b\\"\\\\"'


def test_the_moments_of_a_search_are_in_utc():
    asked = Search("a:b", datetime(2026, 11, 22, 12, tzinfo=UTC), all_projects=True).arguments()
    assert asked == [("filter", "a:b"), ("from", "2026-11-22T12:00:00"), ("all_projects", "true")]
