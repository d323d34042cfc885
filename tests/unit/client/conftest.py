"""The real API on SQLite, and clients of it that wait for nothing."""

import functools
from datetime import UTC, datetime

import bcrypt
import pytest
from keystoneauth1.adapter import Adapter
from keystoneauth1.http_basic import HTTPBasicAuth
from keystoneauth1.noauth import NoAuth
from keystoneauth1.session import Session

from panko_client import EventClient
from panko_client.patience import Backoff, Clock, Patience
from servers import command_line
from servers.local_event_api import LocalEventApi

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class FakeTime:
    """A clock that goes on while somebody sleeps; `then` is called after each pause."""

    def __init__(self, at=NOON):
        self.seconds, self.at, self.pauses, self.then = 0.0, at, [], []

    def sleep(self, seconds):
        self.pauses.append(seconds)
        self.seconds += seconds
        if self.then:
            self.then.pop(0)()

    def clock(self):
        return Clock(lambda: self.seconds, lambda: self.at, self.sleep, lambda: 1.0)


@pytest.fixture
def api(tmp_path):
    (tmp_path / "api").mkdir()
    with LocalEventApi(tmp_path / "api") as server:
        yield server


@pytest.fixture
def time():
    return FakeTime()


@pytest.fixture
def adapter(api):
    session = Session(auth=NoAuth(endpoint=api.url))
    yield Adapter(session, service_type="event", endpoint_override=api.url)
    session.session.close()


@pytest.fixture
def client(adapter, time):
    return EventClient(adapter, patience=Patience(30, Backoff(1, 8), time.clock()))


@pytest.fixture
def openstack(client):
    """Run a command as `openstack` would; return what it wrote to standard output and to standard error."""
    return functools.partial(command_line.run, client)


@pytest.fixture
def confined_api(tmp_path):
    """The API with a publisher `nova`, whose password is `s3cret`, and who may store volume.* alone."""
    (tmp_path / "confined").mkdir()
    accounts = tmp_path / "confined" / "htpasswd"
    accounts.write_text(f"nova:{bcrypt.hashpw(b's3cret', bcrypt.gensalt(4)).decode()}\nnova event_types=volume.*\n")
    with LocalEventApi(tmp_path / "confined", f"htpasswd_file = {accounts}") as server:
        yield server


@pytest.fixture
def confined_adapter(confined_api):
    session = Session(auth=HTTPBasicAuth(endpoint=confined_api.url, username="nova", password="s3cret"))
    yield Adapter(session, service_type="event", endpoint_override=confined_api.url)
    session.session.close()
