"""The port for watchers of a running service: figures of all workers, and the state of a real database."""

import os
import re
import signal
import time
from pathlib import Path

import httpx
import pytest

from servers.database_server import free_port

MEMBER = {"X-Roles": "member", "X-User-Id": "u", "X-Project-Id": "p"}
SERVICE = MEMBER | {"X-Roles": "service"}
ADMIN = MEMBER | {"X-Roles": "admin"}


@pytest.fixture
def watched(start_api, database):
    """Start a service of two workers that listens as in a pod; return it and the URL of its port for watchers."""
    port = free_port()
    api = start_api(
        f"[api]\nauth_strategy = noauth\nworkers = 2\n[database]\nconnection = {database}\nmax_pool_size = 3\n"
        f"slow_query_seconds = 0.000001\n[metrics]\nhost = ::\nport = {port}\n"
    )
    return api, f"http://127.0.0.1:{port}"


def figures(url):
    text = httpx.get(f"{url}/metrics", timeout=10).text
    return {name: float(value) for name, value in re.findall(r"^(\w+(?:{.*})?) (\S+)$", text, flags=re.MULTILINE)}


def test_figures_are_those_of_all_workers(watched):
    api, url = watched
    for number in range(20):  # a connection each, so that both workers get some
        event = {"message_id": str(number), "event_type": "a", "generated": "2014-01-01"}
        assert httpx.post(f"{api.url}/v2/events", headers=SERVICE, json=event).status_code == 201
    for _ in range(4):  # whichever worker answers
        found = figures(url)
        assert found['panko_events_total{outcome="created"}'] == 20
        assert found['panko_http_request_duration_seconds_count{method="POST",route="/v2/events",status="201"}'] == 20
        assert found["panko_database_pool_size"] == 6
        assert found["panko_database_up"] == 1
        assert found["panko_oldest_event_age_seconds"] > 10 * 365 * 24 * 3600
        assert found["panko_last_event_timestamp_seconds"] > 0


def test_worker_that_was_killed_keeps_its_counts_and_gives_up_its_connections(watched):
    api, url = watched
    event = {"message_id": "1", "event_type": "a", "generated": "2014-01-01"}
    assert httpx.post(f"{api.url}/v2/events", headers=SERVICE, json=event).status_code == 201
    before = set(api.workers())
    for worker in before:
        os.kill(worker, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while len(set(api.workers()) - before) < 2 or not answers(url) or figures(url)["panko_database_pool_size"] != 6:
        assert time.monotonic() < deadline, "the workers were not replaced"
        time.sleep(0.05)
    assert figures(url)['panko_events_total{outcome="created"}'] == 1


def answers(url):
    try:
        return httpx.get(f"{url}/metrics", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def test_nothing_is_left_of_the_figures_when_the_command_has_ended(watched):
    api, url = watched
    kept = set(Path("/dev/shm").glob("panko-metrics-*"))
    environment = Path(f"/proc/{min(api.workers())}/maps").read_text()
    (directory,) = {path for path in kept if str(path) in environment}
    api.terminate()
    assert api.wait() == 0
    assert not directory.exists()
    assert not answers(url)


def test_what_a_killed_service_left_of_its_figures_goes_when_it_starts_again(watched):
    api, url = watched
    event = {"message_id": "1", "event_type": "a", "generated": "2014-01-01"}
    assert httpx.post(f"{api.url}/v2/events", headers=SERVICE, json=event).status_code == 201
    api.kill()
    (left,) = Path("/dev/shm").glob(f"panko-metrics-*:{url.rpartition(':')[2]}")
    before = set(left.iterdir())
    api.start()
    assert list(Path("/dev/shm").glob(f"panko-metrics-*:{url.rpartition(':')[2]}")) == [left]
    assert not before & set(left.iterdir())
    assert figures(url).get('panko_events_total{outcome="created"}', 0) == 0


def test_health_tells_of_the_database_and_the_port_of_the_api_does_not(watched):
    api, url = watched
    health = httpx.get(f"{url}/health", timeout=10)
    assert health.status_code == 200
    assert health.json()["database"]["revision"]
    assert health.json()["database"]["pool"]["size"] == 3
    # The API's own port tells nobody.
    assert httpx.get(f"{api.url}/health").status_code == 404
    assert httpx.get(f"{api.url}/metrics").status_code == 404


def test_slow_statements_are_logged_without_their_values(watched):
    api, _url = watched
    asked = {"q.field": "size", "q.value": "s3cret-value"}
    assert httpx.get(f"{api.url}/v2/events", headers=MEMBER, params=asked).status_code == 200
    lines = [line for line in api.output.splitlines() if re.search(r"A statement took \d+\.\d\d s: SELECT", line)]
    assert any("trait_text" in line for line in lines)
    event = {"message_id": "s3cret-value", "event_type": "a", "generated": "2014-01-01"}
    for _ in range(2):
        assert httpx.post(f"{api.url}/v2/events", headers=SERVICE, json=event).status_code == 201
    assert re.search(r"A statement failed after \d+\.\d\d s: .*INSERT INTO event ", api.output)
    assert "s3cret-value" not in api.output


def test_statement_that_takes_too_long_is_a_503_that_says_what_to_do(start_api, database, mariadb):
    """A trigger makes storing an event slower than any statement may be; nothing of it stays."""
    mariadb.execute(
        f"CREATE TRIGGER {database.rpartition('/')[2]}.slow BEFORE INSERT ON {database.rpartition('/')[2]}.event "
        "FOR EACH ROW DO SLEEP(60)"
    )
    api = start_api(f"[api]\nauth_strategy = noauth\nworkers = 1\n[database]\nconnection = {database}\n")
    event = {"message_id": "1", "event_type": "a", "generated": "2014-01-01"}
    answer = httpx.post(f"{api.url}/v2/events", headers=SERVICE, json=event, timeout=60)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "did not finish in time" in answer.json()["error_message"]["faultstring"]
    assert re.search(r"A statement failed after [89]\.\d\d s: .*INSERT INTO event ", api.output)
    asked = {"q.field": "all_tenants", "q.value": "True"}
    assert httpx.get(f"{api.url}/v2/events", headers=ADMIN, params=asked).json() == []
