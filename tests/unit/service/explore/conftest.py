"""The page on a store in memory."""

import pytest
from cryptography.fernet import Fernet
from falcon import testing

from fakes.browser import NOAUTH, SERVER, Browser, Visitor, event
from fakes.people import People
from panko.api.callers.enforcer import Enforcer
from panko.api.resources.search import settings as search
from panko.api.resources.search.asked import Searching
from panko.explore import app, rendering
from panko.explore.frame import Screen
from panko.explore.login.attempts import Attempts
from panko.explore.login.resources import Entrance
from panko.explore.session.cookies import Cookies
from panko.explore.session.keys import Keys
from panko.explore.static import Files


@pytest.fixture
def browser(make_client):
    return Browser(make_client(NOAUTH))


@pytest.fixture
def stored(connection):
    """What happened: a server was made, its volume could not be attached, and somebody else deleted another one."""
    events = [
        event(1, "compute.instance.create.start", display_name="web-1"),
        event(9, "compute.instance.create.end", display_name="web-1"),
        event(20, "volume.attach.start", resource_id="vol-1", volume_id="vol-1", instance_id=SERVER),
        event(24, "volume.attach.error", resource_id="vol-1", volume_id="vol-1", instance_id=SERVER),
        event(30, "image.upload", resource_id="img-1", request_id="req-0002", display_name="cirros", size=12),
        event(40, "compute.instance.delete.end", user_id="v", resource_id="other", request_id="req-0003"),
    ]
    connection.record_events(events)
    return events


@pytest.fixture
def keystone():
    return People(alice=("demo",), bob=("demo", "ops"), carol=())


@pytest.fixture
def keys_file(tmp_path):
    path = tmp_path / "keys"
    path.write_text(Fernet.generate_key().decode() + "\n")
    return path


@pytest.fixture
def clock():
    class Clock:
        now = 0.0

        def __call__(self):
            return self.now

    return Clock()


@pytest.fixture
def federation():
    """Logins at Keystone itself: none."""
    return


@pytest.fixture
def client(make_conf, connection, keystone, keys_file, clock, federation):
    conf = make_conf("[api]\nauth_strategy = keystone\n")
    keys = Keys(str(keys_file))
    screen = Screen(rendering.environment(), Files(), keys)
    searching = Searching(connection, Enforcer(conf), search.from_configuration(conf))
    entrance = Entrance(screen, keystone, Cookies(keys), Attempts(clock=clock), "Default", federation)
    screens = app.screens(searching, screen)
    return testing.TestClient(app.behind_login(screens, keystone.proves(screens), entrance))


@pytest.fixture
def visitor(client):
    return Visitor(client)
