"""Nothing lost, nothing twice: a ledger of every attempt, while nodes and the API die, hang and come back."""

import shutil
import threading
import time

import httpx
import pytest

from ledger.attempts import Ledger, Outcome
from ledger.events import event
from ledger.producing import HEADERS, Producer
from ledger.reading import Reader, unlike
from servers.panko_api import PankoApi

PRODUCERS = 2
PAST = [event(f"past-{number}", -number) for number in range(1, 1501)]
PAST_FILTERS = (("q.field", "end_timestamp"), ("q.op", "le"), ("q.value", "2025-12-31T23:59:59"))
PATIENCE_SECONDS = 60
BATCHES_BETWEEN = 10
KILLS = 3
ENOUGH_BATCHES, ENOUGH_ROUNDS = 100, 3


class Load:
    """Producers and readers at work while the body of `with` goes on."""

    def __init__(self, url, ledger):
        self.ledger = ledger
        self.stop = threading.Event()
        everything = Reader(url, ledger, self.stop)
        past = Reader(url, ledger, self.stop, PAST_FILTERS, frozenset(one["message_id"] for one in PAST))
        self.readers = (everything, past)
        producers = [Producer(f"p{number}", url, ledger, self.stop) for number in range(PRODUCERS)]
        self._threads = [threading.Thread(target=self._run, args=(one,)) for one in (*producers, *self.readers)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        self.goes_on()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self._threads:
            thread.join(timeout=2 * PATIENCE_SECONDS)
            assert not thread.is_alive(), "a producer or reader does not end"

    def goes_on(self):
        """Wait until more batches are acknowledged."""
        enough = self.ledger.count(Outcome.ACKNOWLEDGED) + BATCHES_BETWEEN
        wait_for(lambda: self.ledger.count(Outcome.ACKNOWLEDGED) >= enough, "writing does not go on")

    def _run(self, worker):
        try:
            worker.run()
        except Exception as error:  # noqa: BLE001 - a thread that dies in silence would prove nothing
            self.ledger.complain(f"{type(worker).__name__} ended with {error!r}")


def wait_for(holds, complaint):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, complaint
        time.sleep(0.05)


@pytest.fixture
def api(proxy, database):
    api = PankoApi(f"[api]\nauth_strategy = noauth\nworkers = 2\n[database]\nconnection = {proxy.url(database)}\n")
    yield api.start()
    api.remove()


@pytest.fixture
def logs(tmp_path, galera, proxy, api):
    """A folder that has the logs of all servers when the test has ended."""
    yield tmp_path
    for name, log in {f"galera-{node.number}": node.log for node in galera.nodes}.items():
        shutil.copy(log, tmp_path / f"{name}.log")
    shutil.copy(proxy.log, tmp_path / "proxy.log")
    (tmp_path / "panko-api.log").write_text(api.output)


def kill_the_writer(galera, proxy, load):
    """It dies and comes back for what it missed; meanwhile another one writes, and goes on to do so."""
    victim = proxy.writer()
    victim.stop()
    proxy.leave(victim)
    galera.without(victim)
    load.goes_on()
    successor = proxy.writer()
    victim.start()
    galera.whole()
    assert proxy.writer() is successor


def hold_the_writer_up(_galera, proxy, _load):
    """It hangs until the proxy has left it, about when the cluster gives it up, and goes on with what it had."""
    victim = proxy.writer()
    victim.freeze()
    proxy.leave(victim)
    victim.thaw()


def cut_the_writer_off(galera, proxy, load):
    """It hangs until the cluster has given it up, and goes on in the belief that it still belongs to it."""
    victim = proxy.writer()
    victim.freeze()
    galera.without(victim)
    proxy.leave(victim)
    load.goes_on()
    victim.thaw()


def replace_a_disk(galera, proxy, _load):
    """Another node comes back without data, and is given everything while producers go on."""
    victim = next(node for node in galera.nodes if node is not proxy.writer())
    victim.stop()
    victim.lose_data()
    victim.start()


DISTURBANCES = (kill_the_writer, hold_the_writer_up, cut_the_writer_off, replace_a_disk)


def is_inside_a_batch(node):
    (answer,) = node.execute("SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'INSERT INTO trait%'")
    return answer > (0,)


def kill_the_api(api, proxy):
    """All its processes, while one of them is between the BEGIN and the COMMIT of a batch; it is started again."""
    writer = proxy.writer()
    wait_for(lambda: is_inside_a_batch(writer), "no batch is being written")
    api.kill()
    api.start()


def without_traits(node, database):
    """Name the events that lack a trait in its own table: each was sent with one of each of these types."""
    for table in ("trait_int", "trait_text", "trait_float"):
        owned = f"SELECT event_id FROM {database}.{table}"
        for (name,) in node.execute(f"SELECT message_id FROM {database}.event WHERE id NOT IN ({owned})"):
            yield f"stored in part, nothing in {table}: {name}"


def test_ledger_and_database_agree_whatever_dies(galera, proxy, database, api, logs):
    httpx.post(f"{api.url}/v2/events", headers=HEADERS, json=PAST, timeout=PATIENCE_SECONDS).raise_for_status()
    ledger = Ledger()
    ledger.enter([one["message_id"] for one in PAST], Outcome.ACKNOWLEDGED)
    with Load(api.url, ledger) as load:
        for disturb in DISTURBANCES:
            disturb(galera, proxy, load)
            galera.whole()
            load.goes_on()
        for _ in range(KILLS):
            kill_the_api(api, proxy)
            load.goes_on()
    galera.whole()

    for node in galera.nodes:
        stored = [name for (name,) in node.execute(f"SELECT message_id FROM {database}.event")]
        differences = [*ledger.differences(stored), *without_traits(node, database)]
        assert not differences, report(differences, f"on galera-{node.number}", logs)
    pages = Reader(api.url, ledger, threading.Event()).read()
    differences = unlike(pages, set(stored), exactly=True)
    assert not differences, report(differences, "on the pages", logs)

    # What was compared is worth it: there was something to lose, and something got lost on the way.
    assert ledger.count(Outcome.ACKNOWLEDGED) > ENOUGH_BATCHES
    assert ledger.count(Outcome.REFUSED) > 0
    assert set(ledger.answers) - {"POST 201", "POST 400", "GET 200"}
    assert all(reader.rounds > ENOUGH_ROUNDS for reader in load.readers)


def report(differences, where, logs):
    return "\n".join([f"The ledger and what is stored {where} differ:", *differences[:50], f"Logs: {logs}"])
