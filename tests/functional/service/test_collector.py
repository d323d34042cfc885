"""From RabbitMQ to the database without ceilometer's agent: nothing lost, nothing twice, and what is bad set aside."""

import collections
import json
import time

import pytest

from panko.filters import EventFilter, Everything, Page
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.schema import migrate
from servers.authority import Authority
from servers.ceilometer_agent import CeilometerAgent
from servers.cut_proxy import CutProxy
from servers.panko_collector import NOTIFICATIONS, PankoCollector, message, messages
from servers.rabbitmq import running
from servers.tls_front import tls_front

SECRET = "telemetry-s3cret"
SAMPLES = f"sample_topics = %s\ntelemetry_secret = {SECRET}"
# Read in a moment, where ceilometer's own take two seconds.
DEFINITIONS = """
- event_type: "*"
  traits:
    size: {fields: payload.size, type: %s}
"""
MANY = 2_100


@pytest.fixture(scope="module")
def rabbitmq():
    """One of its own: exchanges are durable in it, which other tests' agents would not take."""
    with running() as server:
        yield server


class Database:
    """A database of events, looked into from outside of the API."""

    def __init__(self, server):
        self.url = server.new_database()
        migrate.upgrade(self.url)
        self.store = connect(self.url, ConnectionSettings(pool_size=1))
        self._server = server

    def events(self):
        return self.store.get_events(EventFilter(Everything()), Page(10_000))

    def types(self):
        """Return how many events there are of each type."""
        name = self.url.rpartition("/")[2]
        return collections.Counter(
            dict(
                self._server.execute(
                    f"SELECT `desc`, COUNT(*) FROM {name}.event JOIN {name}.event_type "
                    "ON event_type_id = event_type.id GROUP BY `desc`"
                )
            )
        )

    def count(self):
        return self.types().total()


@pytest.fixture
def database(mariadb):
    found = Database(mariadb)
    yield found
    found.store.dispose()


@pytest.fixture
def collector(rabbitmq, database):
    """A collector that is not started yet."""
    server = PankoCollector(transport_url=rabbitmq.url, database=database.url)
    yield server
    server.remove()


@pytest.fixture
def quick(collector):
    """The same with few definitions; returns what configures and starts it."""
    path = collector.folder / "definitions.yaml"

    def start(*options, size="int"):
        path.write_text(DEFINITIONS % size)
        collector.configure("\n".join([f"event_definitions = {path}", *options]))
        collector.start()
        collector.wait_until_ready()
        return collector

    return start


def sized(message_id, size=1, **changed):
    return message({**NOTIFICATIONS[0], "payload": {"size": size}, **changed}, message_id)


def created(collector):
    return collector.figures().get("panko_collector_events_total created", 0)


def duplicates(collector):
    return collector.figures().get("panko_collector_events_total duplicate", 0)


def test_thousands_of_notifications_arrive_once_as_the_events_that_an_agent_makes_of_them(
    collector, database, rabbitmq, mariadb
):
    by_agent = Database(mariadb)
    agent = CeilometerAgent(
        transport_url=rabbitmq.url,
        publishers=["panko://", f"notifier://?topic={collector.topic}"],
        panko_conf=f"[database]\nconnection = {by_agent.url}\n",
        options=f"[publisher]\ntelemetry_secret = {SECRET}\n",
    )
    try:
        agent.start()
        second = f"transport_url = {rabbitmq.url.replace(rabbitmq.host, 'localhost')}"
        collector.configure(f"{SAMPLES % collector.topic}\nstore_raw = info, error\n{second}")
        collector.start()
        collector.wait_until_ready()
        assert [value for name, value in collector.figures().items() if "_connected " in name] == [1, 1]
        sent = messages(3 * len(NOTIFICATIONS))
        collector.send(sent, topic=agent._topic)
        # They come as events, by notifier://, and then as notifications: what is stored under the id is the same.
        collector.wait_for(lambda: created(collector) == by_agent.count() == len(sent))
        collector.send(sent)
        collector.wait_for(lambda: duplicates(collector) == len(sent))
        assert database.events() == by_agent.events()
        assert all(event.raw["payload"] and event.traits for event in database.events())
    finally:
        agent.remove()
        by_agent.store.dispose()
    collector.send(messages(MANY))
    collector.wait_for(lambda: created(collector) == len(sent) + MANY)
    every = MANY // len(NOTIFICATIONS) + 3
    assert database.types() == {one["event_type"]: every for one in NOTIFICATIONS}
    assert collector.stop() == 0
    assert collector.dead_letters() == []


def test_what_was_committed_and_not_acknowledged_comes_again_and_is_stored_once(quick, collector, database, rabbitmq):
    with CutProxy(rabbitmq.port) as network:
        collector.transport_url = rabbitmq.url.replace(str(rabbitmq.port), str(network.port))
        quick("batch_seconds = 2")
        collector.send([sized(f"{number}") for number in range(300)])
        collector.wait_for(lambda: collector.figures()["panko_collector_messages_total"] == 300)
        assert database.count() == 0
        network.swallow_requests()  # before the batch is stored: no acknowledgement arrives
        collector.wait_for(lambda: created(collector) == 300)
        collector.kill()
        network.mend()
        collector.start()
        collector.wait_for(lambda: duplicates(collector) == 300)
        assert database.count() == 300


def test_an_outage_of_the_database_is_waited_out_and_loses_nothing_nor_does_a_stop_in_it(quick, database, mariadb):
    collector = quick()
    mariadb.stop()
    try:
        collector.send([sized(f"{number}") for number in range(100)])
        collector.wait_for(lambda: collector.figures()["panko_collector_waiting_for_database"] == 1)
        begin = time.monotonic()
        collector.wait_for(lambda: collector.output.count("Events are not stored yet") >= 3)
        assert time.monotonic() - begin > 1.2  # pauses of half a second and of one at the least, and growing
        assert [collector.page(path)[0] for path in ("/healthz", "/readyz")] == [200, 200]
        # Nothing is put back and taken again meanwhile.
        assert collector.figures()["panko_collector_messages_total"] == 100
        assert collector.stop() == 0
        collector.start()
        collector.wait_for(lambda: collector.figures().get("panko_collector_waiting_for_database") == 1)
    finally:
        mariadb.start()
    collector.wait_for(lambda: created(collector) == 100)
    assert database.count() == 100


def test_a_rabbitmq_that_is_killed_loses_nothing_of_what_is_durable(quick, database, rabbitmq, mariadb):
    collector = quick("[oslo_messaging_rabbit]", "amqp_durable_queues = true")
    mariadb.stop()
    try:
        collector.send([sized(f"{number}") for number in range(100)])
        collector.wait_for(lambda: collector.figures()["panko_collector_waiting_for_database"] == 1)
        rabbitmq.restart()
        collector.wait_until_ready()
    finally:
        mariadb.start()
    collector.wait_for(lambda: created(collector) == 100)
    collector.send([sized("after")])
    collector.wait_for(lambda: created(collector) == 101)
    assert database.count() == 101
    for password in (rabbitmq.password, mariadb.admin_password):
        assert password not in collector.output


# Signs events as ceilometer's notifier:// does.
SIGN = """
import json, sys
from ceilometer.publisher.utils import compute_signature

events = json.load(sys.stdin)
print(json.dumps([event | {"message_signature": compute_signature(event, sys.argv[1])} for event in events]))
"""


def sample(collector, secret, *message_ids):
    """Return what notifier:// sends."""
    stored = {"event_type": "a.b", "generated": "2026-11-22T12:00:00", "traits": [["size", 2, 1]], "raw": {}}
    events = json.loads(collector._run(SIGN, [secret], [stored | {"message_id": name} for name in message_ids]))
    return {"oslo.version": "2.0", "oslo.message": json.dumps({"payload": events, "priority": "SAMPLE"})}


def reasons(collector):
    return sorted(one["headers"]["x-panko-reason"] for one in collector.dead_letters())


def set_aside(collector):
    figures = collector.figures()
    return sum(value for name, value in figures.items() if name.startswith("panko_collector_dead_letters_total"))


def ids(database):
    return {event.message_id for event in database.events()}


def test_what_cannot_be_an_event_is_set_aside_with_its_reason_and_taken_again_after_a_fix(quick, collector, database):
    samples = f"sample_topics = {collector.topic}\ntelemetry_secret ="
    quick(f"{samples} {SECRET}", "batch_seconds = 1")
    bad = ["garbage", sized("defined", "many"), sized("i" * 51), sized("good", 2)]
    collector.send([sized("good"), *bad, sized("also good")])
    collector.send([sample(collector, SECRET, "signed"), sample(collector, "another", "forged")], "sample")
    collector.wait_for(lambda: created(collector) == 3 and set_aside(collector) == 5)
    assert ids(database) == {"good", "also good", "signed"}
    letters = {one["headers"]["x-panko-reason"]: one for one in collector.dead_letters()}
    assert sorted(letters) == ["conflict", "definition", "invalid", "signature", "unreadable"]
    assert letters["unreadable"]["body"] == "garbage"
    assert all(one["persistent"] and one["headers"]["x-panko-detail"] for one in letters.values())
    assert letters["signature"]["headers"]["x-panko-queue"] == f"{collector.topic}.sample"
    assert collector.stop() == 0

    told = collector.replay("--dry-run", "--reason", "definition")
    assert "0 events could be stored" in told
    assert "stay: 1 definition; left alone: 4" in told
    definitions = collector.folder / "definitions.yaml"
    definitions.write_text(DEFINITIONS % "text")
    collector.configure(f"event_definitions = {definitions}\n{samples} another")
    assert "1 events stored" in collector.replay("--reason", "definition")
    assert ids(database) == {"good", "also good", "signed", "defined"}
    assert "1 events stored" in collector.replay()
    assert "forged" in ids(database)
    assert reasons(collector) == ["conflict", "invalid", "unreadable"]
    assert "0 events stored" in collector.replay("--limit", "1")
    assert len(collector.dead_letters()) == 3


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("rabbit://openstack:{password}@{host}:1/", "127.0.0.1:1/ cannot be used"),
        ("rabbit://openstack:x{password}@{host}:{port}/", "ACCESS_REFUSED"),
        ("kafka://openstack:{password}@{host}:{port}/", "transport_url cannot be read"),
        ("rabbit://openstack:{password}#@{host}:{port}/", "transport_url cannot be read"),
    ],
    ids=["nobody listens", "wrong password", "no RabbitMQ", "unreadable"],
)
def test_a_rabbitmq_that_cannot_be_used_is_told_without_its_password(rabbitmq, url, told):
    url = url.format(password=rabbitmq.password, host=rabbitmq.host, port=rabbitmq.port)
    collector = PankoCollector(transport_url=url, database="sqlite:///unused")
    try:
        (collector.folder / "definitions.yaml").write_text(DEFINITIONS % "int")
        collector.configure(f"event_definitions = {collector.folder}/definitions.yaml")
        done = collector.command("replay")
    finally:
        collector.remove()
    assert done.returncode == 1
    assert told in done.stderr
    assert rabbitmq.password not in done.stdout + done.stderr


def test_a_rabbitmq_behind_tls_is_collected_from_and_another_gets_no_login(quick, collector, rabbitmq, tmp_path):
    for name in ("ours", "others"):
        (tmp_path / name).mkdir()
    ours, others = (Authority(tmp_path / name) for name in ("ours", "others"))
    plain = collector.transport_url
    with tls_front(rabbitmq.port, ours, tmp_path, mode="tcp") as port:
        url = f"{plain.replace(str(rabbitmq.port), str(port))}?ssl=1&ssl_ca_file="
        collector.transport_url = f"{url}{ours.ca}"
        quick()
        collector.transport_url = plain  # of who sends
        collector.send([sized(f"{number}") for number in range(50)])
        collector.wait_for(lambda: created(collector) == 50)
        assert collector.stop() == 0
        collector.transport_url = f"{url}{others.ca}"
        collector.configure(f"event_definitions = {collector.folder}/definitions.yaml")
        done = collector.command("replay")
    assert done.returncode == 1
    assert "CERTIFICATE_VERIFY_FAILED" in done.stderr
