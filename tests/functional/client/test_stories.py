"""What people ask of an event store, in a week of a small cloud: the API and the command line give one answer."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from panko_client import Event, Trait, moments
from panko_client.demo import week
from servers.local_event_api import LocalEventApi
from servers.stored_week import SEARCH, StoredWeek, ids

SERVICES = {"compute", "volume", "audit"}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    """A week that ends now."""
    with LocalEventApi(tmp_path_factory.mktemp("stories")) as api:
        yield StoredWeek.of(week(1, datetime.now(UTC).replace(microsecond=0)), api)


def has(event, **traits):
    return all(event.trait(name) == value for name, value in traits.items())


# What happened to my server?


def attached(cloud):
    """Return a server that volumes were attached to."""
    return next(
        name
        for event in cloud.week.events
        if event.event_type == "volume.attach.end" and (name := event.trait("instance_id"))
    )


def timeless(operations):
    """Leave out what goes on while nobody has seen the end."""
    going = ("seconds", "sentence")
    return [one if one["ended"] else {k: v for k, v in one.items() if k not in going} for one in operations]


def test_a_servers_history_has_what_all_services_say_of_it_the_newest_first(cloud):
    server = attached(cloud)
    history = cloud.events(path=f"/v2/resources/{server}/events")
    assert history == cloud.events(f"resource:{server}")
    assert {one["event_type"].partition(".")[0] for one in history} >= SERVICES
    # v2 finds what names it in one trait at a time.
    assert len({trait["name"] for one in history for trait in one["traits"] if trait["value"] == server}) > 1
    times = [one["generated"] for one in history]
    assert times == sorted(times, reverse=True)
    expected = {one.message_id for one in cloud.week.events if names(one, server)}
    assert set(ids(history)) == expected


def test_a_servers_history_has_who_asked_for_what_came_of_it(cloud):
    """What the API was asked for, the failed and the endless included, beside what the services say of it."""
    server, _ = cloud.week.planted.stuck_resize
    told = cloud.events(f"resource:{server} type:audit.http.response")
    resize = next(one for one in told if {"update/resize", f"/v2.1/servers/{server}/action"} <= values(one))
    begun = cloud.events(f"resource:{server} type:compute.instance.resize.start")[0]
    assert resize["generated"] < begun["generated"]
    sentences = [one["sentence"] for one in cloud.told("history", server, "--all")]
    assert any(f"to update/resize /v2.1/servers/{server}/action" in one for one in sentences), sentences


def values(wire):
    return {trait["value"] for trait in wire["traits"]}


def names(event, server):
    """Tell whether an event has the id in a trait, or in the path of a request about it."""
    path = str(event.trait("requestPath")).split("/")
    return server in {trait.value for trait in event.traits} or path[2:4] == ["servers", server]


def test_the_command_tells_a_servers_history_as_the_api_does(cloud):
    server = attached(cloud)
    told = cloud.told("history", server, "--all")
    assert timeless(told) == timeless(cloud.operations(f"resource:{server}", single="true"))
    assert {one["operation"].partition(".")[0] for one in told} >= SERVICES
    rows = json.loads(cloud.openstack("history", server, "--all", "-f", "json"))
    assert [row["What"] for row in rows] == [one["sentence"] for one in told]
    assert [row["State"] for row in rows] == [one["state"] for one in told]


@pytest.mark.parametrize("which", [0, 1])
def test_what_failed_says_how_long_it_took(cloud, which):
    server, request = cloud.week.planted.failed_creates[which]
    (failed,) = [one for one in cloud.told("history", server) if one["operation"] == "compute.instance.create"]
    assert failed["state"] == "failed"
    assert failed["request_id"] == request
    assert 5 < failed["seconds"] < 20
    assert f"created server {cloud.week.names[server]}, failed after " in failed["sentence"]
    (error,) = cloud.events(f"resource:{server} type:compute.instance.create.error")
    assert error["message_id"] == failed["message_ids"][-1]
    assert {"name": "state", "type": "string", "value": "error"} in error["traits"]


# Is it still going on?


def test_what_runs_is_told_as_running_and_as_ok_when_it_has_ended(cloud):
    server, request = cloud.week.planted.running_create
    words = f"request:{request} type:compute.instance.create.start"
    (running,) = cloud.operations(words)
    assert (running["state"], running["ended"]) == ("running", None)
    assert f"is creating server {cloud.week.names[server]}, running for " in running["sentence"]
    assert [one["state"] for one in cloud.told("history", server) if one["operation"] == running["operation"]] == [
        "running"
    ]
    begun = next(one for one in cloud.week.events if one.message_id == running["message_ids"][0])
    ended = begun.generated + timedelta(seconds=52)
    cloud.client.create(Event("the-end", "compute.instance.create.end", ended, begun.traits))
    (done,) = cloud.operations(words)
    assert (done["state"], done["seconds"]) == ("ok", 52.0)
    assert done["sentence"].endswith(f"created server {cloud.week.names[server]} in 52 s")
    assert [one for one in cloud.told("history", server) if one["operation"] == done["operation"]] == [done]


def test_what_never_ended_says_so(cloud):
    server, request = cloud.week.planted.stuck_resize
    (stuck,) = [one for one in cloud.told("history", server, "--all") if one["state"] == "no end seen"]
    assert (stuck["operation"], stuck["request_id"]) == ("compute.instance.resize", request)
    assert ", no end seen for " in stuck["sentence"]
    found = [one for one in cloud.operations(f"request:{request}") if one["ended"] is None]
    assert timeless(found) == timeless([stuck])


# Follow a request.


@pytest.mark.parametrize("of", ["failed_creates", "stuck_resize"])
def test_a_trace_has_all_services_events_in_their_order(cloud, of):
    planted = getattr(cloud.week.planted, of)
    _, request = planted[0] if of == "failed_creates" else planted
    trace = cloud.events(path=f"/v2/requests/{request}/events")
    assert trace == cloud.events(f"request:{request}", order="oldest")
    expected = [one.message_id for one in cloud.week.events if has(one, request_id=request)]
    assert sorted(ids(trace)) == sorted(expected)
    times = [one["generated"] for one in trace]
    assert times == sorted(times)
    told = cloud.told("trace", request)
    assert timeless(told) == timeless(cloud.operations(f"request:{request}", order="oldest", single="true"))
    assert {message_id for one in told for message_id in one["message_ids"]} == set(expected)


# Who deleted servers, as a file?


def test_the_file_of_an_auditor_has_the_rows_that_are_listed(cloud):
    wanted, since = "type:compute.instance.delete.end", cloud.week.events[0].generated
    arguments = {"from_": moments.written(since)}
    listed = cloud.events(wanted, **arguments)
    assert len(listed) > 3
    rows = cloud.table(wanted, **arguments)
    assert [row["message_id"] for row in rows] == ids(listed) == ids(cloud.lines(wanted, **arguments))
    assert all(row["user_id"] and row["display_name"] for row in rows)
    _, headers = cloud.raw(SEARCH, filter=wanted, format="csv", **arguments)
    assert f"events_{since:%Y-%m-%dT%H%M%SZ}_now.csv" in headers["Content-Disposition"]


def test_a_file_runs_no_formula(cloud):
    evil = ('=cmd|"/c calc"!A1', "+1+cmd", "@SUM(1)", "ok\n=1+1")
    events = [
        Event(f"evil-{number}", "evil.name", cloud.week.events[0].generated, (Trait("display_name", text, "string"),))
        for number, text in enumerate(evil)
    ]
    cloud.client.create(*events)
    rows = cloud.table("type:evil.name", order="oldest")
    assert [row["display_name"][0] for row in rows] == ["'", "'", "'", "o"]
    assert "\n'=" in rows[-1]["display_name"]
    lines = cloud.lines("type:evil.name", order="oldest")
    assert [one["traits"][0]["value"] for one in lines] == list(evil)


def test_the_command_exports_what_the_api_sends(cloud, tmp_path):
    wanted = "type:identity.*"
    for form, suffix in (("ndjson", "ndjson"), ("csv", "csv")):
        cloud.openstack("export", wanted, "-f", form, "-o", str(tmp_path / suffix))
    lines = [json.loads(line) for line in (tmp_path / "ndjson").read_text().splitlines()]
    assert ids(lines) == ids(cloud.lines(wanted, order="oldest"))
    assert (tmp_path / "csv").read_bytes().decode() == cloud.raw(SEARCH, filter=wanted, format="csv", order="oldest")[0]


# Logins.


def test_the_burst_of_failed_logins_is_counted(cloud):
    burst = cloud.week.planted.failed_logins
    failed = f"type:identity.authenticate outcome:failed initiator_host_addr:{burst.address}"
    assert len(cloud.events(failed)) == burst.count
    (row,) = json.loads(cloud.openstack("count", failed, "--by", "outcome", "--since", "8d", "-f", "json"))
    assert burst.count in row.values()
