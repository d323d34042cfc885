"""Nothing lost, nothing twice: a ledger of every attempt, while nodes and the API die, hang and come back."""

import shutil
import threading

import httpx
import pytest

from ledger.at_work import PATIENCE_SECONDS, AtWork, wait_for
from ledger.attempts import Ledger, Outcome
from ledger.events import event
from ledger.producing import HEADERS, Producer
from ledger.reading import Reader, unlike
from servers.panko_api import PankoApi

PRODUCERS = 2
PAST = [event(f"past-{number}", -number) for number in range(1, 1501)]
PAST_FILTERS = (("q.field", "end_timestamp"), ("q.op", "le"), ("q.value", "2025-12-31T23:59:59"))
BATCHES_BETWEEN = 10
KILLS = 3
ENOUGH_BATCHES, ENOUGH_ROUNDS = 100, 3


class Load(AtWork):
    """Producers and readers with one ledger."""

    def __init__(self, url, ledger):
        stop = threading.Event()
        everything = Reader(url, ledger, stop)
        past = Reader(url, ledger, stop, PAST_FILTERS, frozenset(one["message_id"] for one in PAST))
        self.ledger, self.readers = ledger, (everything, past)
        producers = [Producer(f"p{number}", url, ledger, stop) for number in range(PRODUCERS)]
        works = [(type(one).__name__, ledger, one.run) for one in (*producers, *self.readers)]
        super().__init__(stop, works, {"writing": ledger}, batches=BATCHES_BETWEEN)


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
    running = node.execute("SELECT info FROM information_schema.processlist WHERE info LIKE '% INSERT INTO trait%'")
    return any(" FOR INSERT INTO trait" in statement for (statement,) in running)


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
