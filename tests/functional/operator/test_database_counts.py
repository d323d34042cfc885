"""Counts are kept by the API's account, which may insert, and forgotten by the expirer's, which may delete."""

import pytest

from event_model import corpus, oracle
from event_model.settling import Settled, assert_exact
from panko.filters import Everything
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.rows.tables import EVENT_COUNT
from panko.storage.sql.schema.migrate import upgrade
from panko_operator.world.values import DatabaseAddress, Login, Owner

OWNER = Owner("cluster-1", "openstack/panko", "1-2-3")
LOGINS = {role: Login(f"panko-counts-{role}", f"{role}-password") for role in ("schema", "api", "expirer")}
EVENTS = corpus.events(60)


@pytest.fixture
def stores(engine, server, servers, admin):
    """A store of each role's account in one database."""
    address = DatabaseAddress(engine, server.host, server.port, "my_counts")
    servers.ensure_database(address, admin, OWNER, adopt=False)
    for role, login in LOGINS.items():
        servers.ensure_account(address, admin, login, role=role)
    scheme = {"mysql": "mysql+pymysql", "postgresql": "postgresql"}[engine]
    urls = {
        role: f"{scheme}://{login.username}:{login.password}@{server.host}:{server.port}/{address.name}"
        for role, login in LOGINS.items()
    }
    upgrade(urls["schema"])
    made = {role: connect(url, ConnectionSettings(pool_size=1)) for role, url in urls.items()}
    yield made
    for store in made.values():
        store.dispose()
    servers.drop_accounts(address, admin, [LOGINS["api"].username, LOGINS["expirer"].username])
    servers.drop_database(address, admin)
    servers.drop_accounts(address, admin, [LOGINS["schema"].username])


def test_each_account_may_do_its_part(stores, engine):
    fold = oracle.like_mysql if engine == "mysql" else oracle.exact
    api, expirer = stores["api"], stores["expirer"]
    api.record_events(EVENTS)
    Settled(api).settle()
    with api._engine.connect() as connection:
        assert connection.execute(EVENT_COUNT.select().limit(1)).first() is not None
    assert_exact(api, EVENTS, fold, [Everything()])
    while expirer.expire(older_than=corpus.TIMES[3], batch_size=7):
        pass
    left = [each for each in EVENTS if each.generated >= corpus.TIMES[3]]
    assert_exact(api, left, fold, [Everything()])
    Settled(api, now=1_900_000_000).settle()
    assert_exact(api, left, fold, [Everything()])
