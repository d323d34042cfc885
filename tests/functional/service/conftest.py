"""Running services that the tests of the API ask for."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from panko.storage.sql.schema import migrate
from servers.event_cloud import EventCloud
from servers.keystone import Keystone
from servers.mariadb import MariaDB
from servers.panko_api import PankoApi


@pytest.fixture
def start_api() -> Iterator[Callable[..., PankoApi]]:
    """Start panko-api with a configuration, as often as a test wants to, and end all of them."""
    started: list[PankoApi] = []

    def start(configuration: str | None, **about: Any) -> PankoApi:
        api = PankoApi(configuration, **about)
        started.append(api)
        return api.start()

    yield start
    for api in started:
        api.remove()


@pytest.fixture
def database(mariadb: MariaDB) -> str:
    """Return the URL of a MariaDB database with tables and nothing in them."""
    url = mariadb.new_database()
    migrate.upgrade(url)
    return url


@pytest.fixture
def noauth_api(start_api: Callable[..., PankoApi], database: str) -> PankoApi:
    """Start an empty service that believes identity headers."""
    return start_api(f"[api]\nauth_strategy = noauth\nworkers = 1\n[database]\nconnection = {database}\n")


@pytest.fixture(scope="session")
def keystone_of_panko(keystone: Keystone) -> Keystone:
    """Return a Keystone with the account of `KEYSTONE_AUTHTOKEN`."""
    keystone.add_user("panko", "panko-s3cret", project="service", roles=["service"])
    return keystone


@pytest.fixture(scope="session")
def people(keystone: Keystone) -> Keystone:
    """Return a Keystone with the users of an event cloud."""
    keystone.add_user("event-api", "event-api-s3cret", project="service", roles=["service"])
    keystone.add_user("ceilometer", "ceilometer-s3cret", project="service", roles=["service"])
    keystone.add_user("client-member", "client-member-s3cret", project="demo", roles=["member"])
    keystone.add_user("client-boss", "client-boss-s3cret", project="demo", roles=["admin"])
    return keystone


@pytest.fixture
def cloud(people: Keystone, database: str, start_api: Callable[..., PankoApi]) -> Iterator[EventCloud]:
    """Return a cloud whose catalogue has an API on MariaDB with nothing in it."""
    cloud = EventCloud(people, database, start_api)
    yield cloud
    cloud.remove()
