"""Pages of large events: short ones that join, in little memory, however many events were asked for."""

from datetime import UTC, datetime, timedelta

import httpx
import orjson
import pytest
from sqlalchemy import create_engine, text

from panko.event import Event, Trait, TraitType
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.schema import migrate
from panko.storage.sql.session.url import normalise
from servers.panko_api import peak_mebibytes

MEBIBYTE = 1024 * 1024
EVENTS, MOST_MEMORY_MIB = 40, 300
BEGIN = datetime(2026, 11, 22, tzinfo=UTC)
# What takes eight times as much memory as text.
RAW = [1.5] * (MEBIBYTE // 4 - 1)
ADMIN = {"X-Roles": "admin", "X-User-Id": "u", "X-Project-Id": "p"}
MEMBER = {**ADMIN, "X-Roles": "member"}
OWNER = (Trait("project_id", TraitType.TEXT, "p"), Trait("user_id", TraitType.TEXT, "u"))


def large(number):
    return Event(f"e{number:03}", "large", BEGIN + timedelta(minutes=number), OWNER, RAW)


@pytest.fixture(scope="module", params=["mariadb", "postgresql"])
def url(request):
    made = request.getfixturevalue(request.param).new_database()
    migrate.upgrade(made)
    store = connect(made, ConnectionSettings(pool_size=1))
    for number in range(EVENTS):
        store.record_events([large(number)])
    store.dispose()
    engine = create_engine(normalise(made))
    with engine.begin() as connection:  # the original wrote the first four
        connection.execute(
            text(
                "UPDATE event SET traits = NULL, packed = NULL, project_hash = NULL, owner_hash = NULL"
                " WHERE message_id < 'e004'"
            )
        )
    engine.dispose()
    return made


@pytest.fixture
def api(url, start_api):
    return start_api(f"[api]\nauth_strategy = noauth\nhost = 127.0.0.1\nworkers = 1\n[database]\nconnection = {url}\n")


def most_memory_mib(api):
    """Return the most memory that a process of the API has had."""
    return max(map(peak_mebibytes, (api.process.pid, *api.workers())))


def test_pages_of_large_events_are_short_and_join_in_little_memory(api):
    seen, marker = [], {}
    while True:
        answer = httpx.get(f"{api.url}/v2/events", params={"limit": 10_000, **marker}, headers=MEMBER, timeout=60)
        page = [(event["message_id"], len(event["raw"])) for event in orjson.loads(answer.content)]
        if not page:
            break
        assert len(answer.content) < 9 * MEBIBYTE
        assert len(page) > 1 or len(seen) + 1 == EVENTS
        seen += page
        marker = {"marker": page[-1][0]}
    assert seen == [(f"e{number:03}", len(RAW)) for number in range(EVENTS)]
    assert most_memory_mib(api) < MOST_MEMORY_MIB


def test_large_events_are_compared_in_little_memory(api):
    sent = [
        {"message_id": f"e{number:03}", "event_type": "large", "generated": "2026-11-22T00:00:00"}
        for number in range(EVENTS)
    ]
    answer = httpx.post(f"{api.url}/v2/events", json=sent, headers=ADMIN, timeout=60)
    assert answer.status_code == 409
    assert f"e{EVENTS - 1:03}" in answer.json()["error_message"]["faultstring"]
    again = {
        "message_id": "e020",
        "event_type": "large",
        "generated": (BEGIN + timedelta(minutes=20)).replace(tzinfo=None).isoformat(),
        "traits": [[trait.name, 1, trait.value] for trait in OWNER],
        "raw": RAW,
    }
    answer = httpx.post(f"{api.url}/v2/events", json=again, headers=ADMIN, timeout=60)
    assert answer.json() == {"created": 0, "duplicates": 1}
    assert most_memory_mib(api) < MOST_MEMORY_MIB
