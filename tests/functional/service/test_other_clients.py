"""Programs that have asked v2 for years are answered as ever: their requests stand here as they send them."""

import json
from datetime import datetime, timedelta

import httpx
import pytest

ADMIN = {"X-Roles": "admin", "X-User-Id": "boss", "X-Project-Id": "admin"}
BEGIN = datetime(2026, 11, 22, 14)  # noqa: DTZ001 - as v2 writes it: UTC without a zone
EVENTS = 250


def event(number):
    return {
        "message_id": f"m{number:03}",
        "event_type": ("compute.instance.create.end", "volume.create.end")[number % 2],
        "generated": (BEGIN + timedelta(seconds=number)).isoformat(),
        "traits": [["project_id", 1, f"p{number % 3}"], ["memory_mb", 2, number]],
        "raw": {},
    }


@pytest.fixture
def url(noauth_api):
    stored = httpx.post(f"{noauth_api.url}/v2/events", json=[event(n) for n in range(EVENTS)], headers=ADMIN)
    assert stored.status_code == 201
    return noauth_api.url


def fog(url, options):
    """Ask as fog-openstack does: a GET whose body says what is wanted."""
    body = json.dumps(
        {"q": [{name: one[name] for name in ("field", "op", "value") if one.get(name)} for one in options]}
    )
    headers = {**ADMIN, "Accept": "application/json", "Content-Type": "application/json"}
    answer = httpx.request("GET", f"{url}/v2/events", content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_manageiq_sees_every_event_of_every_project_by_fog(url):
    """It polls: from the last moment that it has seen on, of all tenants."""
    since, seen = "2026-11-22T13:00:00Z", set()
    for _ in range(10):
        found = fog(
            url,
            [
                {"field": "start_timestamp", "op": "ge", "value": since},
                {"field": "all_tenants", "value": "True"},
            ],
        )
        assert all({"message_id", "event_type", "generated", "traits"} <= one.keys() for one in found)
        seen |= {one["message_id"] for one in found}
        since = max(one["generated"] for one in found)
        if len(found) < 100:
            break
    assert len(seen) == EVENTS


def test_manageiq_may_read_some_seconds_back(url):
    wanted = {"field": "start_timestamp", "op": "ge", "value": "2026-11-22T14:04:00Z"}
    assert len(fog(url, [wanted, {"field": "all_tenants", "value": "True"}])) == EVENTS - 240


def test_fog_lists_without_any_filter_and_shows_one(url):
    assert len(fog(url, [])) == 0  # an admin's own project has no events
    assert len(fog(url, [{"field": "all_tenants", "value": "True"}])) == 100
    answer = httpx.get(f"{url}/v2/events/m007", headers={**ADMIN, "X-Project-Id": "p1"})
    assert answer.json()["message_id"] == "m007"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q.field=all_tenants&q.op=eq&q.value=true&limit=5", 5),
        (
            "q.field=event_type&q.op=eq&q.value=volume.create.end&q.field=all_tenants&q.op=eq&q.value=true&limit=500",
            125,
        ),
        (
            "q.field=start_timestamp&q.op=ge&q.value=2026-11-22T14%3A04%3A00.000Z&q.field=all_tenants&q.op=eq&q.value=true",
            EVENTS - 240,
        ),
        ("q.field=message_id&q.op=eq&q.value=m007&q.field=all_tenants&q.op=eq&q.value=true", 1),
    ],
)
def test_openstack4j_lists(url, query, found):
    answer = httpx.get(f"{url}/v2/events?{query}", headers={**ADMIN, "Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    assert len(answer.json()) == found


def test_openstack4j_asks_for_types_and_traits(url):
    def get(path):
        answer = httpx.get(f"{url}/v2/{path}", headers=ADMIN)
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert get("event_types") == ["compute.instance.create.end", "volume.create.end"]
    described = get("event_types/volume.create.end/traits")
    assert {"name": "memory_mb", "type": "integer"} in described
    values = get("event_types/volume.create.end/traits/memory_mb")
    assert {one["value"] for one in values} == {str(number) for number in range(1, EVENTS, 2)}
