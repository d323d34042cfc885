"""Who follows a search sees every event, whatever the order in which they are stored, and whoever answers."""

import random
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from falcon import testing

from panko import config
from panko.api.pipeline import create_service
from panko.event import Event, Trait, TraitType
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.schema import migrate

WRITERS, BATCHES = 20, 6
LATE_SECONDS = 2.0
CALLER = {"X-Roles": "member", "X-User-Id": "u", "X-Project-Id": "p"}


@pytest.fixture(params=["sqlite", "mariadb", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/panko.sqlite"
    return request.getfixturevalue(request.param).new_database()


@pytest.fixture
def pods(url, tmp_path):
    """Two services of one database: whoever asks one of them goes on with the other."""
    migrate.upgrade(url)
    (tmp_path / "panko.conf").write_text("[api]\nauth_strategy = noauth\n")
    conf = config.load([], prog="panko-api", config_files=[str(tmp_path / "panko.conf")])
    stores = [connect(url, ConnectionSettings(pool_size=4, lock_wait_timeout_seconds=20)) for _ in range(3)]
    yield [testing.TestClient(create_service(conf, store)) for store in stores[:2]], stores[2]
    for store in stores:
        store.dispose()


def write(store, number, written):
    dice = random.Random(number)
    for batch in range(BATCHES):
        traits = (Trait("project_id", TraitType.TEXT, "p"), Trait("user_id", TraitType.TEXT, "u"))
        events = [
            Event(
                f"{number}-{batch}-{each}",
                "late",
                datetime.now(UTC) - timedelta(seconds=dice.random() * LATE_SECONDS),
                traits,
            )
            for each in range(3)
        ]
        store.record_events(events)
        written.update(event.message_id for event in events)
        time.sleep(dice.random() / 10)


def follow(pods, cursor):
    """Ask the one and the other pod in turn; yield what each page holds."""
    while True:
        for pod in pods:
            params = {"follow": "60s", "limit": "25", "filter": "type:late", **cursor}
            answer = pod.simulate_get("/v2/search/events", headers=CALLER, params=params)
            assert answer.status_code == 200, answer.text
            cursor = {"cursor": answer.json["next"]}
            yield [event["message_id"] for event in answer.json["events"]]


def test_following_misses_nothing_while_twenty_write_out_of_order(pods):
    clients, store = pods
    written = set()
    pages = follow(clients, {})
    next(pages)  # from now on
    threads = [threading.Thread(target=write, args=(store, number, written)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    seen = set()
    while any(thread.is_alive() for thread in threads):
        seen.update(next(pages))
    for thread in threads:
        thread.join()
    rounds = 0
    for page in pages:  # the round that is under way, and a whole one after it
        seen.update(page)
        rounds += len(page) < 25
        if rounds == 2:
            break
    assert len(written) == WRITERS * BATCHES * 3
    assert seen == written
