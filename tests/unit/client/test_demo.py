"""`panko-demo`: a week that is the same each time, and what is planted into it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from keystonemiddleware.audit._api import OpenStackAuditApi
from webob import Request

from panko import stories, validation
from panko.stories.traits import SERVER_PATHS
from panko_client.demo import command, week
from panko_client.demo.cast import PROJECTS, SERVERS
from panko_client.demo.services import audit

END = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def one():
    return week(1, END)


def of(found, event_type, **traits):
    return [
        event
        for event in found.events
        if event.event_type == event_type and all(event.trait(name) == value for name, value in traits.items())
    ]


@pytest.fixture(scope="module")
def told(one):
    """The operations of the week, by the service's own reading, by server and stem."""
    wires = [event.wire() for event in one.events]
    # In two, since no more than 10,000 are taken at once.
    events = [event for half in (wires[::2], wires[1::2]) for event in validation.read(half, max_raw_bytes=9, now=END)]
    found = stories.operations(events, now=END, silent_after=timedelta(hours=1))
    return {(_resource(operation), operation.stem): operation for operation in found}


def _resource(operation):
    return next((trait.value for trait in operation.event.traits if trait.name == "resource_id"), None)


def test_the_same_seed_and_end_are_the_same_events_on_every_machine(one):
    assert week(1, END) == one
    assert (one.events[0].message_id, one.events[-1].message_id) == (
        "2cb0af3a-9d3a-4327-bdc5-057c985a2e15",
        "37b8a136-0b1b-4705-8ef3-d717b890cd7e",
    )


def test_another_seed_is_another_week(one):
    assert not {event.message_id for event in week(2, END).events} & {event.message_id for event in one.events}


def test_a_week_is_in_order_and_ends_when_it_is_told(one):
    moments = [event.generated for event in one.events]
    assert moments == sorted(moments)
    assert END - timedelta(days=7) <= moments[0] < END - timedelta(days=6, hours=23)
    assert END - timedelta(minutes=5) < moments[-1] < END
    assert len({event.message_id for event in one.events}) == len(one.events)


def test_it_has_the_size_of_a_small_cloud(one):
    assert 10_000 <= len(one.events) <= 20_000
    assert (
        len({event.trait("instance_id") for event in one.events if event.event_type.startswith("compute.")}) == SERVERS
    )
    owners = {event.trait("project_id") for event in one.events if event.event_type == "compute.instance.exists"}
    assert {one.names[owner] for owner in owners} == set(PROJECTS)
    for event_type in (
        "volume.attach.end",
        "port.create.end",
        "image.upload",
        "audit.http.response",
        "identity.authenticate",
    ):
        assert of(one, event_type)


def test_two_creates_fail(one, told):
    assert len(of(one, "compute.instance.create.error")) == len(one.planted.failed_creates) == 2
    for server, request in one.planted.failed_creates:
        (error,) = of(one, "compute.instance.create.error", instance_id=server)
        assert error.trait("request_id") == request
        operation = told[server, "compute.instance.create"]
        assert operation.state is stories.State.FAILED
        name = one.names[server]
        assert f"created server {name}, failed after " in stories.of_operation(operation, one.names)


def test_a_resize_has_no_end(one, told):
    server, request = one.planted.stuck_resize
    assert told[server, "compute.instance.resize"].state is stories.State.NO_END_SEEN
    assert (
        told[server, "compute.instance.resize"].begun.message_id
        == of(one, "compute.instance.resize.start", request_id=request)[0].message_id
    )
    silent = [key for key, operation in told.items() if operation.state is stories.State.NO_END_SEEN]
    assert silent == [(server, "compute.instance.resize")]


def test_requests_about_a_server_name_it_by_their_path_as_the_audit_middleware_does(one):
    server, _ = one.planted.stuck_resize
    paths = {path.format(id=server) for path in SERVER_PATHS}
    found = [event for event in one.events if event.trait("requestPath") in paths]
    assert {event.event_type for event in found} == {"audit.http.request", "audit.http.response"}
    assert ("update/resize", "pending") in {(event.trait("action"), event.trait("outcome")) for event in found}
    named = [event for event in one.events if server in str(event.trait("requestPath"))]
    assert named == found
    deleted = of(one, "compute.instance.delete.end")[0].trait("instance_id")
    (told,) = of(one, "audit.http.response", requestPath=f"/v2.1/servers/{deleted}")
    assert (told.trait("action"), told.trait("outcome"), told.trait("reason_code")) == ("delete", "success", "204")


CALLS = {
    "nova": (("POST", "/v2.1/servers"), ("POST", "/v2.1/servers/s1/action"), ("DELETE", "/v2.1/servers/s1"),
             ("POST", "/v2.1/servers/s1/os-volume_attachments")),
    "cinder": (("POST", "/v3/volumes"), ("POST", "/v3/snapshots")),
    "neutron": (("POST", "/v2.0/floatingips"),),
}  # fmt: skip
TYPES = {"nova": "compute", "cinder": "volumev3", "neutron": "network"}


@pytest.mark.filterwarnings("ignore:Invalid uuid")  # the middleware's target is the name of a service
@pytest.mark.parametrize(
    ("service", "method", "path"), [(name, *call) for name, calls in CALLS.items() for call in calls]
)
def test_a_request_is_told_as_the_audit_middleware_itself_tells_it(one, tmp_path, service, method, path):
    keywords = "\n".join(f"{word} = {kind}" for word, kind in audit.KEYWORDS.items())
    endpoints = "\n".join(f"{TYPES[name]} = {uri}" for name, uri in audit.SERVICES.items())
    (tmp_path / "map").write_text(f"[path_keywords]\n{keywords}\n[service_endpoints]\n{endpoints}\n")
    catalog = [{"name": service, "type": TYPES[service], "endpoints": [{"publicURL": "http://api:8774"}]}]
    request = Request.blank(path, method=method, base_url="http://api:8774", environ={
        "HTTP_X_SERVICE_CATALOG": json.dumps(catalog)
    })  # fmt: skip
    if path.endswith("/action"):
        request.json = {"resize": {}}
    told = OpenStackAuditApi(str(tmp_path / "map"))._create_event(request).as_dict()
    made = next(
        event
        for event in one.events
        if event.event_type == "audit.http.request"
        and event.trait("target_name") == service
        and event.trait("action") == told["action"]
        and audit.kind(audit.Call(service, "", event.trait("requestPath"))) == told["target"]["typeURI"]
    )
    assert (made.trait("target_id"), made.trait("target_typeURI")) == (told["target"]["id"], told["target"]["typeURI"])
    assert (made.trait("typeURI"), made.trait("observer_id")) == (told["typeURI"], told["observer"]["id"])
    assert told["requestPath"] == path


def test_a_create_is_going_on(one, told):
    server, _ = one.planted.running_create
    operation = told[server, "compute.instance.create"]
    assert stories.of_operation(operation, one.names).endswith(
        f"is creating server {one.names[server]}, running for 40 s"
    )


def test_many_logins_fail_within_minutes_and_few_else(one):
    burst = one.planted.failed_logins
    found = of(
        one, "identity.authenticate", outcome="failure", initiator_id=burst.user_id, initiator_host_addr=burst.address
    )
    assert len(found) == burst.count
    assert (found[0].generated, found[-1].generated) == (burst.since, burst.until)
    assert burst.until - burst.since < timedelta(minutes=5)
    assert len(of(one, "identity.authenticate", outcome="failure")) < 2 * burst.count


def test_somebody_is_granted_a_role(one):
    grant = one.planted.role_grant
    (found,) = of(one, "identity.role_assignment.created", role=grant.role)
    assert (found.generated, found.trait("user")) == (grant.at, grant.user_id)


def test_all_others_end(told):
    states = [operation.state for operation in told.values()]
    assert states.count(stories.State.RUNNING) == 1
    assert all(operation.begun for operation in told.values())


def test_it_is_printed_an_event_a_line(one, capsys):
    assert command.main(["--seed", "1", "--end", "2026-11-22T15:30:00", "--ndjson"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(one.events)
    assert json.loads(lines[0]) == one.events[0].wire()


def test_wrong_usage_and_a_cloud_that_is_not_there_are_told(capsys):
    with pytest.raises(SystemExit) as ended:
        command.main(["--ndjson", "--end", "tomorrow"])
    assert ended.value.code == 2
    assert "write how long ago" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        command.main([])
    assert "--ndjson --load is required" in capsys.readouterr().err
