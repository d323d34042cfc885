"""How new events are, over HTTP, on a store in memory: who is told what."""

from datetime import UTC, datetime, timedelta

import pytest

from panko.event import Event, Trait, TraitType
from panko.literals import format_timestamp
from panko.stories import service_of

PATH = "/v2/search/freshness"
MEMBER = {"X-Roles": "member", "X-User-Id": "u", "X-Project-Id": "p"}
SERVICE = MEMBER | {"X-Roles": "service", "X-Project-Id": "service"}
ADMIN = MEMBER | {"X-Roles": "admin"}
OF_ALL_ALONE = {"number": None, "events_per_minute": None, "services": None}


def event(message_id, ago, kind="compute.instance.create.end", *, project="p", user="u"):
    traits = (Trait("project_id", TraitType.TEXT, project), Trait("user_id", TraitType.TEXT, user))
    return Event(message_id, kind, Times.now - ago, traits)


class Times:
    """When a test began: what is recent then is not by the end of a long run of tests."""

    now = datetime.now(UTC)


COUNT = 5


def events():
    return [
        event("old", timedelta(days=3)),
        event("own", timedelta(hours=1)),
        event("other", timedelta(minutes=2), "volume.attach.end", project="q"),
        event("third", timedelta(minutes=3), "snapshot.create.end", project="q"),
        event("noted", timedelta(minutes=1), "audit.http.request", project="q"),
    ]


@pytest.fixture
def client(make_client, connection):
    Times.now = datetime.now(UTC).replace(microsecond=0)
    connection.record_events(events())
    return make_client()


def told(client, headers, **params):
    answer = client.simulate_get(PATH, headers=headers, params=params)
    assert answer.status_code == 200, answer.text
    found = answer.json
    assert abs(datetime.fromisoformat(f"{found.pop('now')}+00:00") - datetime.now(UTC)) < timedelta(minutes=1)
    return found


def ago(**span):
    return format_timestamp(Times.now - timedelta(**span))


def test_a_member_is_told_of_what_they_see_alone(client):
    found = told(client, MEMBER)
    assert found == {"newest": ago(hours=1), "oldest": ago(days=3), "kept_days": None, **OF_ALL_ALONE}
    assert told(client, MEMBER | {"X-Project-Id": "r"}) == {
        "newest": None, "oldest": None, "kept_days": None, **OF_ALL_ALONE
    }  # fmt: skip


@pytest.mark.parametrize("headers", [ADMIN, SERVICE], ids=["admin", "service"])
def test_who_looks_after_the_cloud_is_told_of_each_service(client, headers):
    found = told(client, headers, all_projects="true")
    assert (found["newest"], found["oldest"], found["number"]) == (ago(minutes=1), ago(days=3), COUNT)
    assert found["events_per_minute"] == 0.6  # three in the last five
    assert found["services"] == [
        {"service": "audit", "newest": ago(minutes=1), "events_per_minute": 0.2},
        {"service": "cinder", "newest": ago(minutes=2), "events_per_minute": 0.4},
        {"service": "nova", "newest": ago(hours=1), "events_per_minute": 0.0},
    ]


def test_a_member_may_not_ask_for_all_projects_and_a_service_sees_no_event_by_it(client):
    assert client.simulate_get(PATH, headers=MEMBER, params={"all_projects": "true"}).status_code == 403
    assert told(client, SERVICE)["newest"] is None
    searched = client.simulate_get("/v2/search/events", headers=SERVICE, params={"all_projects": "true"})
    assert searched.status_code == 403


def test_who_may_not_search_may_not_ask(make_client, tmp_path):
    (tmp_path / "policy.yaml").write_text('"telemetry:events:search": "role:reader"\n')
    client = make_client("[api]\nauth_strategy = noauth\n[oslo_policy]\npolicy_file = policy.yaml\n")
    assert client.simulate_get(PATH, headers=MEMBER).status_code == 403
    assert client.simulate_get(PATH, headers=MEMBER | {"X-Roles": "reader"}).status_code == 200


def test_of_a_store_without_events_nothing_is_told(make_client):
    found = told(make_client(), ADMIN, all_projects="true")
    assert found == {
        "newest": None, "oldest": None, "number": None, "events_per_minute": 0.0, "services": [], "kept_days": None
    }  # fmt: skip


def test_a_time_to_live_that_the_service_knows_is_told(make_client):
    client = make_client("[api]\nauth_strategy = noauth\n[database]\nevent_time_to_live = 129600\n")
    assert told(client, MEMBER)["kept_days"] == 1.5


@pytest.mark.parametrize("query", ["limit=1", "all_projects=yes", "all_projects=true&all_projects=true"])
def test_arguments_that_mean_nothing_are_refused(client, query):
    answer = client.simulate_get(PATH, headers=ADMIN, query_string=query)
    assert answer.status_code == 400
    assert "all_projects" in answer.json["error_message"]["faultstring"]


@pytest.mark.parametrize(
    ("event_type", "service"),
    [
        ("compute.instance.exists", "nova"),
        ("volume.attach.start", "cinder"),
        ("security_group_rule.create.end", "neutron"),
        ("identity.user.created", "keystone"),
        ("image.upload", "glance"),
        ("audit.http.response", "audit"),
        ("octavia.loadbalancer.create.end", "octavia"),
        ("something", "something"),
    ],
)
def test_a_service_is_known_by_the_beginning_of_a_type(event_type, service):
    assert service_of(event_type) == service
