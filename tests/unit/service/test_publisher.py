"""What ceilometer's agents load: what is stored, what is left out, what is waited for, and what is left alone."""

import json
import logging
import subprocess
import sys
from datetime import UTC, datetime
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from fakes.memory_connection import MemoryConnection
from panko.dispatcher.database import DatabaseDispatcher
from panko.errors import ConfigurationError, StorageUnavailableError
from panko.event import Event, Trait, TraitType
from panko.filters import EventFilter, Everything, Page
from panko.pauses import Pauses
from panko.publisher.database import DatabasePublisher
from panko.publisher.direct import DirectPublisher
from panko.publisher.recording import Clock, Patience, Recording, Store
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.schema import migrate

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
AWAY = "The database does not answer."


class AgentEvent:
    """An event as ceilometer's pipeline hands it over."""

    def __init__(self, message_id="a", **attributes):
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


def stored(message_id="a", *traits, raw=None):
    traits = traits or (Trait("size", TraitType.INTEGER, 5),)
    return Event(message_id, "volume.create.end", NOON, traits, {} if raw is None else raw)


class Outage:
    """A clock that goes on while somebody sleeps, and ends an outage of a database at a time."""

    def __init__(self, connection, *, seconds):
        self.now, self.pauses, self.connection, self.seconds = 0.0, [], connection, seconds
        self.chance = 1.0
        connection.outage = AWAY

    def sleep(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds
        if self.now >= self.seconds:
            self.connection.outage = None

    def patience(self, seconds):
        clock = Clock(now=lambda: self.now, sleep=self.sleep)
        return Patience(seconds=seconds, pauses=lambda: Pauses(jitter=lambda: self.chance), clock=clock)


@pytest.fixture
def connection():
    return MemoryConnection()


@pytest.fixture
def recording(connection):
    return Recording(lambda: Store(connection, 1024), Patience(seconds=0))


@pytest.fixture
def panko_conf(tmp_path, monkeypatch):
    """Write the panko.conf of an agent, and make its database; returns the URL."""
    monkeypatch.setenv("HOME", str(tmp_path))
    url = f"sqlite:///{tmp_path}/panko.sqlite"

    def write():
        (tmp_path / ".panko").mkdir(exist_ok=True)
        (tmp_path / ".panko" / "panko.conf").write_text(f"[database]\nconnection = {url}\n")
        migrate.upgrade(url)
        return url

    return write


def served(url):
    store = connect(url, ConnectionSettings(pool_size=1))
    try:
        return store.get_events(EventFilter(Everything()), Page(100))
    finally:
        store.dispose()


def test_an_event_of_the_pipeline_is_stored_as_its_posted_form_would_be(recording, connection):
    traits = [
        ("t", 1, "x"),
        ("i", 2, 5),
        ("f", 3, 0.5),
        ("d", 4, "2026-11-22T12:00:00"),
        ("n", 0, "none"),
        ("u", 1, None),
    ]
    recording.record([AgentEvent(traits=traits, raw={"payload": [1, None]})])
    assert connection.events["a"] == stored(
        "a",
        Trait("t", TraitType.TEXT, "x"),
        Trait("i", TraitType.INTEGER, 5),
        Trait("f", TraitType.FLOAT, 0.5),
        Trait("d", TraitType.DATETIME, NOON),
        Trait("n", TraitType.TEXT, "none"),
        Trait("u", TraitType.TEXT, None),
        raw={"payload": [1, None]},
    )


def test_values_get_the_type_of_their_trait_as_in_the_original(recording, connection):
    traits = [["i", 2, "5"], ["f", 3, "0.5"], ["t", 1, 7], ["long", 1, "é" * 300], ["none", None, True]]
    sent = AgentEvent(traits=traits, raw=None).attributes | {"message_signature": "0f", "foo": 1}
    recording.record([sent])
    assert connection.events["a"].traits == (
        Trait("i", TraitType.INTEGER, 5),
        Trait("f", TraitType.FLOAT, 0.5),
        Trait("t", TraitType.TEXT, "7"),
        Trait("long", TraitType.TEXT, "é" * 255),
        Trait("none", TraitType.TEXT, "True"),
    )


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"traits": [("size", 2, "five")]}, "trait 'size' has a value of another type"),
        ({"traits": [("size", 2, 2**63)]}, "does not fit into 64 bits"),
        ({"traits": [("size", 9, 1)]}, "unknown dtype"),
        ({"traits": [("a", 1, "x"), ("A", 1, "y")]}, "twice"),
        ({"traits": 5}, "is not a list"),
        ({"generated": "yesterday"}, "generated is not an ISO 8601 time"),
        ({"raw": {"at": NOON}}, "cannot be written as JSON"),
        ({"raw": {"x": "y" * 2000}}, "1024 are the most"),
        ({"event_type": "x" * 256}, "255 are the most"),
    ],
)
def test_an_event_that_can_never_be_stored_is_named_in_the_log_and_the_rest_is_stored(
    recording, connection, caplog, broken, reason
):
    recording.record([AgentEvent("before"), AgentEvent("broken", **broken), AgentEvent("after")])
    assert set(connection.events) == {"before", "after"}
    (record,) = caplog.records
    assert (record.levelno, "'broken'" in record.getMessage()) == (logging.ERROR, True)
    assert reason in record.getMessage()


class UnwritableEvent(AgentEvent):
    def serialize(self):
        raise AttributeError("s3cret")


def test_an_event_that_cannot_be_serialized_holds_nothing_else_up(recording, connection, caplog):
    recording.record([AgentEvent("before"), UnwritableEvent("broken"), AgentEvent("after")])
    assert set(connection.events) == {"before", "after"}
    assert "Event 'broken' is dropped" in caplog.text


@pytest.mark.parametrize("event", [UnwritableEvent(), AgentEvent(traits=[("size", 2, "s3cret")])])
def test_no_value_of_a_dropped_event_is_logged(recording, caplog, event):
    recording.record([event])
    assert "is dropped" in caplog.text
    assert "s3cret" not in caplog.text


def test_an_event_that_comes_again_is_no_error(recording, connection, caplog):
    for _ in range(2):
        recording.record([AgentEvent()])
    recording.record([AgentEvent(), AgentEvent("b")])
    assert set(connection.events) == {"a", "b"}
    assert not caplog.records


def test_the_first_of_two_events_with_one_id_stays_and_the_rest_is_stored(recording, connection, caplog):
    recording.record([AgentEvent()])
    recording.record([AgentEvent("b"), AgentEvent(raw={"other": 1}), AgentEvent("c")])
    assert connection.events["a"] == stored()
    assert set(connection.events) == {"a", "b", "c"}
    assert "'a' is dropped" in caplog.text


def test_a_database_that_is_away_is_waited_for_with_growing_pauses(connection, caplog):
    outage = Outage(connection, seconds=60)
    Recording(lambda: Store(connection, 1024), outage.patience(600)).record([AgentEvent()])
    assert set(connection.events) == {"a"}
    assert outage.pauses == [1, 2, 4, 8, 16, 30]
    assert [AWAY in record.getMessage() for record in caplog.records] == [True, True]  # at once, and after 31 seconds


def test_agents_that_lost_a_database_at_once_do_not_all_ask_it_again_at_once(connection):
    pauses = []
    for chance in (0.0, 0.5):
        outage = Outage(connection, seconds=10)
        outage.chance = chance
        Recording(lambda: Store(connection, 1024), outage.patience(600)).record([AgentEvent()])
        pauses.append(outage.pauses[:3])
    assert pauses == [[0.5, 1, 2], [0.75, 1.5, 3]]


def test_an_outage_is_told_once_however_many_threads_wait(connection, caplog):
    outage = Outage(connection, seconds=9999)
    recording = Recording(lambda: Store(connection, 1024), outage.patience(1))
    for _ in range(3):
        with pytest.raises(StorageUnavailableError):
            recording.record([AgentEvent()])
    assert len(caplog.records) == 1


def test_patience_ends_with_an_error_so_that_the_agent_puts_the_notification_back(connection):
    outage = Outage(connection, seconds=9999)
    recording = Recording(lambda: Store(connection, 1024), outage.patience(100))
    with pytest.raises(StorageUnavailableError, match=AWAY):
        recording.record([AgentEvent()])
    assert sum(outage.pauses) == 100
    connection.outage = None
    recording.record([AgentEvent()])
    assert set(connection.events) == {"a"}


def test_an_error_nobody_foresaw_is_waited_out_and_shows_no_value(connection, caplog):
    def record_events(events):
        raise RuntimeError("INSERT INTO trait_text VALUES ('s3cret')")

    connection.record_events = record_events
    waiting = Patience(seconds=0.01)
    with pytest.raises(RuntimeError):
        Recording(lambda: Store(connection, 1024), waiting).record([AgentEvent()])
    assert "RuntimeError" in caplog.text
    assert "s3cret" not in caplog.text


def test_the_publisher_writes_the_database_of_panko_conf(panko_conf):
    url = panko_conf()
    publisher = DatabasePublisher(SimpleNamespace(), urlsplit("panko://"))
    publisher.publish_events([AgentEvent(), AgentEvent("b")])
    publisher.publish_events(AgentEvent("c"))
    assert served(url) == [stored(), stored("b"), stored("c")]


def test_the_old_line_of_the_direct_publisher_writes_too(panko_conf):
    url = panko_conf()
    DirectPublisher(SimpleNamespace(), urlsplit("direct://?dispatcher=panko")).publish_events([AgentEvent()])
    assert served(url) == [stored()]


@pytest.mark.parametrize("line", ["direct://", "direct://?dispatcher=gnocchi", "direct://?dispatcher=database"])
def test_other_dispatchers_are_refused_with_what_to_write(line):
    with pytest.raises(ValueError, match="name a publisher of ceilometer's instead"):
        DirectPublisher(SimpleNamespace(), urlsplit(line))


def test_the_dispatcher_of_old_agents_takes_serialized_events(panko_conf):
    url = panko_conf()
    dispatcher = DatabaseDispatcher(SimpleNamespace())
    dispatcher.record_events([AgentEvent().attributes])
    dispatcher.record_events(json.loads(json.dumps(AgentEvent("b").attributes)))
    assert served(url) == [stored(), stored("b")]


def test_without_a_configuration_the_agent_starts_and_waits_for_one(panko_conf, caplog):
    publisher = DatabasePublisher(SimpleNamespace(), patience=Patience(seconds=0))
    assert "write /etc/panko/panko.conf" in caplog.text
    with pytest.raises(ConfigurationError):
        publisher.publish_events([AgentEvent()])
    url = panko_conf()
    publisher.publish_events([AgentEvent()])
    assert served(url) == [stored()]


@pytest.mark.parametrize("acks", [True, False])
def test_an_agent_that_acknowledges_what_failed_is_told_so(panko_conf, caplog, acks):
    panko_conf()
    DatabasePublisher(SimpleNamespace(notification=SimpleNamespace(ack_on_event_error=acks)))
    assert ("ack_on_event_error = false" in caplog.text) == acks


def test_the_agent_loads_nothing_of_the_api_and_keeps_its_configuration_and_logging(panko_conf, tmp_path):
    panko_conf()
    program = """
import logging, sys
from urllib.parse import urlsplit
from oslo_config import cfg
from oslo_log import log
cfg.CONF.register_opts([cfg.StrOpt("connection", default="of the agent")], group="database")
log.register_options(cfg.CONF)
cfg.CONF([], project="ceilometer")
log.setup(cfg.CONF, "ceilometer")
agent = sorted(cfg.CONF), sorted(cfg.CONF.database), log.get_default_log_levels()
handlers = list(logging.getLogger().handlers), logging.getLogger().level
from panko.publisher.database import DatabasePublisher
from panko.dispatcher.database import DatabaseDispatcher
DatabasePublisher(cfg.CONF, urlsplit("panko://")).publish_events([])
DatabaseDispatcher(cfg.CONF).record_events([])
assert agent == (sorted(cfg.CONF), sorted(cfg.CONF.database), log.get_default_log_levels())
assert cfg.CONF.database.connection == "of the agent"
assert handlers == (list(logging.getLogger().handlers), logging.getLogger().level)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
    environment = {"HOME": str(tmp_path), "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "panko" in loaded
    assert not loaded & {"falcon", "gunicorn", "alembic", "keystonemiddleware", "prometheus_client", "webob"}
