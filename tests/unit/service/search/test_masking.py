"""Who sees a whole project learns no name of a machine of the cloud: over a week of what services really tell."""

import re
from datetime import UTC, datetime

import pytest

from panko import validation
from panko_client.demo import week
from panko_client.demo.cast import HOSTS

END = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
MACHINES = re.compile(r"|".join(rf"\b{name}\b" for name in (*HOSTS, "(controller|network|compute)-[0-9]+", "@ceph")))
POLICY = '"telemetry:events:search:whole_project": "role:member"\n'


@pytest.fixture(scope="module")
def events():
    wires = [event.wire() for event in week(1, END).events[::5]]
    return validation.read(wires, max_raw_bytes=9, now=END)


@pytest.fixture
def search(make_client, connection, events, tmp_path):
    (tmp_path / "policy.yaml").write_text(POLICY)
    connection.record_events(events)
    client = make_client("[api]\nauth_strategy = noauth\n[oslo_policy]\npolicy_file = policy.yaml\n")
    projects = {trait.value for event in events for trait in event.traits if trait.name == "project_id"}

    def ask(path, status=200, project=None, roles="member", **params):
        answers = [
            client.simulate_get(
                path, params=params, headers={"X-Roles": roles, "X-User-Id": "somebody", "X-Project-Id": one}
            )
            for one in ([project] if project else sorted(projects))
        ]
        assert {answer.status_code for answer in answers} == {status}
        return "\n".join(answer.text for answer in answers)

    return ask


@pytest.mark.parametrize("form", ["ndjson", "csv", "cloudevents"])
def test_no_form_of_the_events_names_a_machine(search, form):
    answer = search("/v2/search/events", format=form)
    assert MACHINES.findall(answer) == []
    assert "volume" in answer
    assert MACHINES.search(search("/v2/search/events", roles="admin", format=form))


def test_no_operation_and_no_sentence_names_a_machine(search):
    answer = search("/v2/search/operations", single="true", limit="60")
    assert "sentence" in answer
    assert MACHINES.findall(answer) == []


@pytest.mark.parametrize(
    "asked",
    [
        "service:volume.controller-1@ceph",
        "service:network.*",
        "-service:network.controller-2",
        "service:compute,compute.compute-1",
        '"service":compute.compute-1',
        '"SERVICE ":compute.compute-1',
        "service:compute\uff0ecompute-1",
    ],
)
def test_a_machine_is_not_found_by_the_service_on_it(search, asked):
    assert "is for admins" in search("/v2/search/events", 403, project="p", filter=asked)


@pytest.mark.parametrize("asked", ["service:compute*", "has:service", "-service:volume", "type:compute.instance.*"])
def test_a_service_is_asked_for_by_its_name(search, asked):
    search("/v2/search/events", project="p", filter=asked)
