"""Nothing lost, nothing twice, by each way in, while API processes and the database die and the network is cut.

What is acknowledged is stored, and stored once; what is refused is not; what nobody knows of is whole or absent.
`tests/functional/galera/test_ledger.py` is about nodes of a cluster that die.
"""

import itertools
import os
import signal
import threading
import time
from urllib.parse import urlsplit

import bcrypt
import pytest
from keystoneauth1 import loading
from oslo_config import cfg

from ledger import forms
from ledger.at_work import PATIENCE_SECONDS, AtWork, wait_for
from ledger.attempts import Ledger, Outcome
from ledger.events import event
from ledger.producing import Producer
from panko_client.errors import PankoClientError
from panko_client.publisher.ceilometer import ApiPublisher
from servers.cut_proxy import CutProxy

ACCOUNT = "ceilometer", "s3cret"
FORMS = {
    "json": forms.JSON,
    "ndjson": forms.NDJSON,
    "cloudevents": forms.CLOUD_EVENTS,
    "basic": forms.basic(*ACCOUNT),
}
BATCHES_BETWEEN = 3
EVENTS_OF_A_NOTIFICATION = 20
CONFIGURATION = """
[api]
auth_strategy = noauth
workers = 2
htpasswd_file = {folder}/htpasswd
[database]
connection = {database}
"""
CEILOMETER = """
[service_credentials]
auth_type = http_basic
username = {0}
password = {1}
endpoint = {url}
"""


class Agent:
    """What ceilometer's agent does with `panko-api://`: a notification that raises is handed over again."""

    name = "panko-api"

    def __init__(self, url, ledger, stop, folder):
        self.ledger, self.stop = ledger, stop
        conf, section = cfg.ConfigOpts(), "service_credentials"
        loading.register_auth_conf_options(conf, section)
        loading.register_session_conf_options(conf, section)
        conf.register_opts([cfg.StrOpt("region_name"), cfg.StrOpt("interface", default="public")], section)
        (folder / "ceilometer.conf").write_text(CEILOMETER.format(*ACCOUNT, url=url))
        conf(["--config-file", str(folder / "ceilometer.conf")])
        self._publisher = ApiPublisher(conf, urlsplit("panko-api://?wait=10&timeout=5&max_pause=0.2"))

    def run(self):
        for begin in itertools.count(0, EVENTS_OF_A_NOTIFICATION):
            if self.stop.is_set():
                break
            events = [event(f"agent-{number}", number) for number in range(begin, begin + EVENTS_OF_A_NOTIFICATION)]
            outcome = self._hand_over(events)
            for one in events:  # each by itself: what is posted together is the publisher's to choose
                self.ledger.enter([one["message_id"]], outcome)
            self.stop.wait(0.2)
        self._publisher.close()

    def _hand_over(self, events):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                self._publisher.publish_events(events)
            except PankoClientError as error:
                self.ledger.answered(type(error).__name__)
            else:
                return Outcome.ACKNOWLEDGED
        return Outcome.UNKNOWN


class Load(AtWork):
    """A producer for each way in, each with a ledger of its own."""

    def __init__(self, url, folder):
        stop, ledgers = threading.Event(), {name: Ledger() for name in (*FORMS, Agent.name)}
        works = {name: Producer(name, url, ledgers[name], stop, form).run for name, form in FORMS.items()}
        works[Agent.name] = Agent(url, ledgers[Agent.name], stop, folder).run
        named = [(name, ledgers[name], work) for name, work in works.items()]
        super().__init__(stop, named, ledgers, batches=BATCHES_BETWEEN)


class Site:
    """An API behind a network that can be cut, on a database that can be restarted."""

    def __init__(self, api, network, mariadb):
        self.api, self.network, self.mariadb = api, network, mariadb


def kill_a_worker(site, _load):
    """The command makes another one."""
    os.kill(site.api.workers()[0], signal.SIGKILL)


def kill_the_api(site, _load):
    """All its processes at once, and it is started again."""
    site.api.kill()
    site.api.start()


def restart_the_database(site, _load):
    """It dies and comes back."""
    site.mariadb.stop()
    site.mariadb.start()


def cut_the_network(site, load):
    """Every connection is reset in the middle of whatever it carries, and none comes through until somebody noticed."""
    before = failures(load)
    site.network.cut()
    wait_for(lambda: failures(load) > before + len(FORMS), "nobody noticed")
    site.network.mend()


def lose_answers(site, _load):
    """What was asked for is done, and nobody is told."""
    before = site.network.lost
    site.network.lose_answers()
    wait_for(lambda: site.network.lost > before + len(FORMS), "no answer was lost")
    site.network.mend()


DISTURBANCES = (kill_a_worker, kill_the_api, restart_the_database, cut_the_network, lose_answers)


def failures(load):
    """Count requests that got no answer."""
    return sum(
        count
        for ledger in load.ledgers.values()
        for answer, count in dict(ledger.answers).items()
        if not answer.startswith("POST")
    )


@pytest.fixture
def site(start_api, database, mariadb, tmp_path):
    name, password = ACCOUNT
    (tmp_path / "htpasswd").write_text(f"{name}:{bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()}\n")
    api = start_api(CONFIGURATION.format(folder=tmp_path, database=database))
    with CutProxy(api.port) as network:
        yield Site(api, network, mariadb)


def test_every_way_in_agrees_with_what_is_stored_whatever_dies(site, database, tmp_path):
    with Load(site.network.url, tmp_path) as load:
        for disturb in DISTURBANCES:
            disturb(site, load)
            load.goes_on()
    stored = [name for (name,) in site.mariadb.execute(f"SELECT message_id FROM {urlsplit(database).path[1:]}.event")]
    differences = []
    for name, ledger in load.ledgers.items():
        known = {one for batch in ledger.batches for one in batch.message_ids}
        differences += [f"{name}: {one}" for one in ledger.differences([one for one in stored if one in known])]
        print(name, dict(ledger.answers), ledger.count(Outcome.ACKNOWLEDGED), ledger.count(Outcome.UNKNOWN))
    assert differences == []
    known = {one for ledger in load.ledgers.values() for batch in ledger.batches for one in batch.message_ids}
    assert set(stored) <= known
    # What was compared is worth it: something got lost on the way, and something was refused, by every form.
    for name in FORMS:
        answers = load.ledgers[name].answers
        assert load.ledgers[name].count(Outcome.REFUSED) > 0, name
        assert set(answers) - {"POST 201", "POST 400"}, name
