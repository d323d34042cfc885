"""Event stores on each kind of database."""

import pytest
from sqlalchemy import create_engine

from event_model import oracle
from event_model.settling import Settled, assert_exact
from panko.filters import Everything, ProjectAndOwnerless
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.rows.tables import METADATA
from panko.storage.sql.schema.migrate import upgrade
from panko.storage.sql.session.url import normalise

ENGINES = ("mariadb", "postgresql", "sqlite")
SETTINGS = ConnectionSettings(pool_size=4)
SCOPES = (Everything(), ProjectAndOwnerless("p1"))


@pytest.fixture(scope="session", params=ENGINES)
def new_database(request, tmp_path_factory):
    """A function that returns the URL of a new database without any table."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path_factory.mktemp('sqlite')}/panko.sqlite"
    return request.getfixturevalue(request.param).new_database


@pytest.fixture
def empty_database_url(new_database):
    return new_database()


@pytest.fixture(scope="session")
def shared_database(new_database):
    """A database with the newest schema, and an engine of our own to look into it."""
    url = new_database()
    upgrade(url)
    engine = create_engine(normalise(url))
    yield url, engine
    engine.dispose()


@pytest.fixture
def inspector_engine(shared_database):
    return shared_database[1]


@pytest.fixture
def database_url(shared_database):
    """The URL of a database with the newest schema and no event."""
    url, engine = shared_database
    with engine.begin() as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(table.delete())
    return url


@pytest.fixture
def store(database_url):
    connection = connect(database_url, SETTINGS)
    yield connection
    connection.dispose()


@pytest.fixture
def fold(database_url):
    return oracle.like_mysql if database_url.startswith("mysql") else oracle.exact


@pytest.fixture
def settled(store):
    return Settled(store)


@pytest.fixture
def exact(store, fold):
    def check(events):
        assert_exact(store, list(events), fold, SCOPES)

    return check
