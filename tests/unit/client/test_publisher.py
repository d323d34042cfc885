"""`panko-api://`: what is stored, what is waited for, what is given back to the message bus, and what is refused."""

import json
import logging
import subprocess
import sys
import threading
import time
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from panko_client.errors import InputError, QueueFullError, UnreachableError
from panko_client.patience import Backoff
from panko_client.publisher.ceilometer import ApiPublisher
from panko_client.publisher.queue import MemoryQueue
from panko_client.publisher.refused import Refused
from panko_client.publisher.sending import Pace, Sending
from panko_client.reading import PATH
from panko_client.transport import Transport
from servers.local_event_api import Lost, fault

WITHIN_SECONDS = 20
CEILOMETER = SimpleNamespace(notification=SimpleNamespace(ack_on_event_error=False))


class AgentEvent:
    """An event as ceilometer's pipeline hands it over."""

    def __init__(self, message_id, **attributes):
        self.message_id = message_id
        self.attributes = {
            "message_id": message_id,
            "event_type": "volume.create.end",
            "generated": "2026-11-22T12:00:00",
            "traits": [("size", 2, 5)],
            "raw": {},
        } | attributes

    def serialize(self):
        return self.attributes


def until(holds):
    deadline = time.monotonic() + WITHIN_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def publisher(adapter):
    """Make a publisher of a line, which tries again at once."""
    made = []

    def make(line="panko-api://", conf=CEILOMETER, batch=100, adapter=adapter):
        def endpoint(_conf, _options):
            transport = Transport(adapter, timeout_seconds=10)
            return lambda body: transport.post(PATH, body)

        pace = Pace(batch, Backoff(0.01, 0.02))
        made.append(ApiPublisher(conf, urlsplit(line), endpoint=endpoint, pace=pace))
        return made[-1]

    yield make
    for one in made:
        if one._broken is None:
            one.close()


def posts(api):
    return [len(json.loads(body)) for method, _, body in api.asked if method == "POST"]


def test_an_event_is_stored_when_publishing_returns(publisher, api):
    publisher().publish_events([AgentEvent("a"), AgentEvent("b")])
    assert api.ids() == ["a", "b"]
    assert api.events()[0].traits[0].value == 5
    assert posts(api) == [2]


def test_one_event_and_a_dictionary_are_taken_too(publisher, api):
    one = publisher()
    one.publish_events(AgentEvent("a"))
    one.publish_events([AgentEvent("b").serialize()])
    one.publish_events([])
    assert api.ids() == ["a", "b"]


def test_what_comes_from_many_threads_meanwhile_shares_a_request(publisher, api):
    arrived, goes_on = threading.Event(), threading.Event()
    api.answers.append(lambda: (arrived.set(), goes_on.wait(WITHIN_SECONDS)))
    one = publisher()
    threads = [threading.Thread(target=one.publish_events, args=[AgentEvent(f"m{n:02}")]) for n in range(20)]
    threads[0].start()
    assert arrived.wait(WITHIN_SECONDS)
    for thread in threads[1:]:
        thread.start()
    until(lambda: len(one._queue) == 20)
    goes_on.set()
    for thread in threads:
        thread.join(WITHIN_SECONDS)
    assert len(api.ids()) == 20
    assert posts(api) == [1, 19]


@pytest.mark.parametrize(
    "trouble", ["503 x", "500 x", "502 x", "429 x", "408 x", "401 x", "403 x", "404 x", "301 x", "405 x"]
)
def test_whatever_is_no_events_fault_is_waited_for(publisher, api, trouble):
    api.answers += [fault(trouble)] * 3
    publisher().publish_events([AgentEvent("a")])
    assert api.ids() == ["a"]
    assert posts(api) == [1, 1, 1, 1]


def test_an_outage_loses_and_doubles_nothing(publisher, api, caplog):
    api.stop()
    one = publisher("panko-api://?wait=0")
    with caplog.at_level(logging.INFO):
        for number in range(250):
            one.publish_events([AgentEvent(f"m{number:03}")])
        until(lambda: "Events are not stored yet" in caplog.text)
        api.start()
        until(lambda: len(one._queue) == 0)
    assert api.ids() == [f"m{number:03}" for number in range(250)]
    assert sum(posts(api)) == 250
    assert "Events are stored again" in caplog.text
    assert caplog.text.count("Events are not stored yet") == 1


def test_an_answer_that_got_lost_doubles_nothing(publisher, api):
    api.answers.append(Lost())
    publisher().publish_events([AgentEvent("a")])
    assert api.ids() == ["a"]
    assert posts(api) == [1, 1]


def test_an_event_that_is_not_stored_in_time_is_given_back_to_the_message_bus(publisher, api):
    api.stop()
    one = publisher("panko-api://?wait=0.05")
    with pytest.raises(UnreachableError, match=r"1 events were not stored within 0.05 seconds"):
        one.publish_events([AgentEvent("a")])
    assert len(one._queue) == 0
    api.start()
    one._receipts._seconds = 20
    one.publish_events([AgentEvent("a")])
    assert api.ids() == ["a"]


def test_a_full_queue_gives_back_and_keeps_what_it_has(publisher, api):
    api.stop()
    one = publisher("panko-api://?wait=0&max_queue=2")
    one.publish_events([AgentEvent("a"), AgentEvent("b")])
    with pytest.raises(QueueFullError, match="no more than max_queue=2"):
        one.publish_events([AgentEvent("c")])
    api.start()
    until(lambda: len(one._queue) == 0)
    one.publish_events([AgentEvent("c")])
    until(lambda: api.ids() == ["a", "b", "c"])


def test_an_event_that_can_never_be_stored_holds_up_none_and_is_named(publisher, api, caplog):
    events = [AgentEvent(f"m{number}") for number in range(8)]
    events[3].attributes["generated"] = "never"
    publisher().publish_events(events)
    assert api.ids() == [f"m{number}" for number in (0, 1, 2, 4, 5, 6, 7)]
    (told,) = [one for one in caplog.messages if "dropped" in one]
    assert told.startswith("Event 'm3' is dropped, it can never be stored: ")
    assert "generated is not an ISO 8601 time" in told


def test_an_event_that_the_account_may_not_store_holds_up_none_and_is_kept(
    publisher, confined_adapter, confined_api, tmp_path, caplog
):
    events = [AgentEvent(f"m{number}") for number in range(4)]
    events[2].attributes["event_type"] = "compute.start"
    one = publisher(f"panko-api://?path={tmp_path}/queue&wait=20", adapter=confined_adapter)
    one.publish_events(events)
    assert confined_api.ids() == ["m0", "m1", "m3"]
    (kept,) = map(json.loads, (tmp_path / "queue" / "refused.ndjson").read_text().splitlines())
    assert (kept["status"], kept["event"]["message_id"]) == (403, "m2")
    assert "Publisher nova may store events of the event types volume.* only." in kept["reason"]
    assert "Event 'm2' is dropped" in caplog.text


class MuteError(Exception):
    def __str__(self):
        raise RuntimeError("no words")


class Uncountable(MemoryQueue):
    def __len__(self):
        raise ValueError("__len__() should return >= 0")


def failing(*errors):
    """Return what posts, after it has raised these."""
    left = list(errors)

    def post(_body):
        if left:
            raise left.pop(0)
        return {"created": 1, "duplicates": 0}

    return post


@pytest.mark.parametrize(
    ("queue", "error"), [(MemoryQueue, MuteError()), (Uncountable, OSError("full")), (Uncountable, MuteError())]
)
def test_no_line_of_the_log_ends_the_sending(queue, error, caplog):
    settled = []
    waiting = queue(10)
    sending = Sending(
        waiting, failing(error), refused=Refused(None), pace=Pace(1, Backoff(0.01, 0.02)), settled=settled.extend
    )
    numbers = waiting.add([b"{}", b"{}"])
    with caplog.at_level(logging.INFO):
        sending.start()
        until(lambda: settled == numbers)
    sending.stop(WITHIN_SECONDS)
    assert f"wait and are tried again: {type(error).__name__}" in caplog.text
    assert caplog.text.count("Events are stored again") == 1


@pytest.mark.parametrize("broken", [{"raw": {"a": object()}}, {"raw": {"a": float("nan")}}])
def test_an_event_that_no_json_can_hold_is_named_and_the_rest_is_stored(publisher, api, caplog, broken):
    publisher().publish_events([AgentEvent("a", **broken), AgentEvent("b")])
    assert api.ids() == ["b"]
    assert "Event 'a' is dropped" in caplog.text


def test_what_waits_on_disk_is_stored_by_the_next_process_and_once(publisher, api, tmp_path):
    line = f"panko-api://?path={tmp_path}/queue"
    api.stop()
    first = publisher(line)
    first.publish_events([AgentEvent("a"), AgentEvent("b")])
    first.close()
    api.start()
    second = publisher(line)
    until(lambda: len(second._queue) == 0)
    assert api.ids() == ["a", "b"]
    assert sum(posts(api)) == 2


def test_what_a_killed_process_had_on_disk_is_stored(publisher, api, tmp_path):
    script = (
        "import os, sys; from pathlib import Path; from panko_client.publisher.disk import DiskQueue\n"
        "queue = DiskQueue(Path(sys.argv[1]), 100)\n"
        "queue.add([line.encode() for line in sys.stdin.read().splitlines()])\n"
        "os.kill(os.getpid(), 9)\n"
    )
    bodies = "\n".join(json.dumps(AgentEvent(name).serialize()) for name in "abc")
    folder = tmp_path / "queue"
    subprocess.run([sys.executable, "-c", script, folder], input=bodies, text=True, check=False, timeout=60)
    assert list(folder.glob("*.queue"))
    one = publisher(f"panko-api://?path={folder}")
    until(lambda: len(one._queue) == 0)
    assert api.ids() == ["a", "b", "c"]
    assert len(list(folder.glob("*.queue"))) == 1  # its own


def test_refused_events_are_kept_beside_the_queue(publisher, api, tmp_path):
    one = publisher(f"panko-api://?path={tmp_path}/queue")
    one.publish_events([AgentEvent("a"), AgentEvent("b", generated="never")])
    until(lambda: len(one._queue) == 0)
    (line,) = (tmp_path / "queue" / "refused.ndjson").read_text().splitlines()
    kept = json.loads(line)
    assert (kept["status"], kept["event"]["message_id"]) == (400, "b")
    assert "generated is not an ISO 8601 time" in kept["reason"]
    assert (tmp_path / "queue" / "refused.ndjson").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "line",
    [
        "panko-api://?batch=many",
        "panko-api://?path=/proc/no/such",
        "panko-api://host/path",
        "panko-api://u:secret@host",
    ],
)
def test_a_line_that_is_wrong_loses_nothing_and_says_so(publisher, api, caplog, line):
    one = publisher(line)
    assert "panko-api:// stores nothing: " in caplog.text
    with pytest.raises(InputError):
        one.publish_events([AgentEvent("a")])
    assert "secret" not in caplog.text


def test_an_agent_that_acknowledges_what_failed_is_told(publisher, caplog):
    publisher(conf=SimpleNamespace(notification=SimpleNamespace(ack_on_event_error=True)))
    assert "ack_on_event_error = false" in caplog.text


def test_samples_are_refused(publisher):
    with pytest.raises(NotImplementedError, match=r"event_pipeline.yaml"):
        publisher().publish_samples([])


def test_ceilometers_process_gets_keystoneauth_and_requests_and_nothing_of_others():
    script = (
        "import sys; import panko_client.publisher.ceilometer\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert {"keystoneauth1", "requests"} <= set(done.stdout.split())
    assert set(done.stdout.split()).isdisjoint({"panko", "osc_lib", "cliff", "openstack", "falcon", "sqlalchemy"})
