"""Whose a database is, on real MariaDB and PostgreSQL: marked, refused, given, dropped."""

import contextlib
import urllib.parse

import psycopg
import pymysql
import pytest

from panko.storage.sql.schema import migrate
from panko_operator.database import marks
from panko_operator.errors import DatabaseNotOursError
from panko_operator.world.values import DatabaseAddress, Login, Owner

OWNER = Owner("cluster-1", "openstack/panko", "1-2-3")
OTHERS = [Owner("cluster-1", "openstack/staging", "4-5-6"), Owner("cluster-2", "openstack/panko", "7-8-9")]
HEIR = Owner("cluster-1", "openstack/panko", "made-again")


@pytest.fixture
def address(engine, server, servers, admin):
    address = DatabaseAddress(engine, server.host, server.port, "owned-by_nobody")
    yield address
    servers.drop_database(address, admin)


def execute(address, admin, *statements, database=None):
    common = {"host": address.host, "port": address.port, "user": admin.username, "password": admin.password}
    if address.engine == "mysql":
        connection = pymysql.connect(**common, database=database, autocommit=True)
    else:
        connection = psycopg.connect(**common, dbname=database or "postgres", autocommit=True)
    with contextlib.closing(connection), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def made_by_hand(address, admin, *tables):
    quote = "`" if address.engine == "mysql" else '"'
    execute(address, admin, f"CREATE DATABASE {quote}{address.name}{quote}")
    execute(address, admin, *(f"CREATE TABLE {table} (id INTEGER)" for table in tables), database=address.name)


def test_what_is_created_is_marked_and_stays_this_pankos(servers, address, admin):
    assert servers.ensure_database(address, admin, OWNER, adopt=False)
    assert not servers.ensure_database(address, admin, OWNER, adopt=False)
    assert servers.origin(address, admin, OWNER) == "created"


@pytest.mark.parametrize("adopt", [False, True])
@pytest.mark.parametrize("other", OTHERS, ids=["another Panko", "another cluster"])
def test_another_pankos_is_refused_whatever_the_spec_says(servers, address, admin, other, adopt):
    servers.ensure_database(address, admin, OWNER, adopt=False)
    with pytest.raises(DatabaseNotOursError, match="belongs to Panko openstack/panko of cluster cluster-1"):
        servers.ensure_database(address, admin, other, adopt=adopt)
    assert servers.origin(address, admin, other) is None
    assert servers.origin(address, admin, OWNER) == "created"


def test_a_panko_that_is_made_again_is_the_heir(servers, address, admin):
    servers.ensure_database(address, admin, OWNER, adopt=False)
    assert not servers.ensure_database(address, admin, HEIR, adopt=False)
    assert servers.origin(address, admin, HEIR) == "created"


def test_an_empty_one_is_taken_and_never_called_created(servers, address, admin):
    made_by_hand(address, admin)
    assert not servers.ensure_database(address, admin, OWNER, adopt=False)
    assert servers.origin(address, admin, OWNER) == "adopted"


def test_somebodys_tables_are_refused_and_nothing_is_written(servers, address, admin):
    made_by_hand(address, admin, "users", "event")
    for adopt in (False, True):
        with pytest.raises(DatabaseNotOursError, match=r"holds what is not Panko's \(users\)"):
            servers.ensure_database(address, admin, OWNER, adopt=adopt)
    assert servers.origin(address, admin, OWNER) is None
    tables = execute(
        address,
        admin,
        "SELECT table_name FROM information_schema.tables "
        f"WHERE {'table_schema' if address.engine == 'mysql' else 'table_catalog'} = '{address.name}' "
        "AND table_schema NOT IN ('pg_catalog', 'information_schema')",
        database=address.name,
    )
    assert sorted(tables) == [("event",), ("users",)]


def test_the_originals_is_taken_when_it_is_given(servers, address, admin):
    made_by_hand(address, admin, "event", "event_type", "trait_text")
    with pytest.raises(DatabaseNotOursError, match=r"set spec\.database\.adopt: true"):
        servers.ensure_database(address, admin, OWNER, adopt=False)
    servers.ensure_database(address, admin, OWNER, adopt=True)
    assert servers.origin(address, admin, OWNER) == "adopted"


def test_the_mark_outlives_the_schema_account_and_its_ownership(servers, address, admin):
    servers.ensure_database(address, admin, OWNER, adopt=False)
    account = Login("panko-schema-m", "schema-password")
    servers.ensure_account(address, admin, account, role="schema")
    try:
        assert servers.origin(address, admin, OWNER) == "created"
        servers.ensure_database(address, admin, HEIR, adopt=False)
        servers.claim(address, account, HEIR, adopt=True)
    finally:
        servers.drop_database(address, admin)
        servers.drop_accounts(address, admin, [account.username])
    assert servers.origin(address, admin, HEIR) is None


def test_a_schema_is_told_from_none(servers, address, admin):
    servers.ensure_database(address, admin, OWNER, adopt=False)
    assert not servers.has_schema(address, admin)
    for table in marks.SCHEMA:
        assert not servers.has_schema(address, admin)
        execute(address, admin, f"CREATE TABLE {table} (id INTEGER)", database=address.name)
    assert servers.has_schema(address, admin)
    execute(address, admin, "DROP TABLE trait_int", database=address.name)
    assert not servers.has_schema(address, admin)


def test_what_panko_dbsync_made_is_a_schema_and_can_be_adopted(servers, address, admin):
    made_by_hand(address, admin)
    schemes = {"mysql": "mysql+pymysql", "postgresql": "postgresql+psycopg"}
    login = f"{admin.username}:{urllib.parse.quote(admin.password)}"
    migrate.upgrade(f"{schemes[address.engine]}://{login}@{address.host}:{address.port}/{address.name}")
    assert not servers.ensure_database(address, admin, OWNER, adopt=True)
    assert servers.has_schema(address, admin)


def test_a_revision_that_somebody_restored_is_told_from_the_one_that_was_left(servers, address, admin):
    made_by_hand(address, admin)
    schemes = {"mysql": "mysql+pymysql", "postgresql": "postgresql+psycopg"}
    login = f"{admin.username}:{urllib.parse.quote(admin.password)}"
    migrate.upgrade(f"{schemes[address.engine]}://{login}@{address.host}:{address.port}/{address.name}")
    ((left,),) = execute(address, admin, "SELECT version_num FROM alembic_version", database=address.name)
    assert servers.has_schema(address, admin, revision=left)
    execute(address, admin, "UPDATE alembic_version SET version_num = '0004'", database=address.name)
    assert not servers.has_schema(address, admin, revision=left)
    assert servers.has_schema(address, admin, revision="0004")
    execute(address, admin, "DELETE FROM alembic_version", database=address.name)
    assert not servers.has_schema(address, admin, revision=left)
    execute(address, admin, "DROP TABLE alembic_version", database=address.name)
    assert not servers.has_schema(address, admin, revision=left)


def test_who_may_not_read_the_revision_is_not_taken_for_one_without_a_schema(servers, address, admin, engine):
    if engine != "postgresql":
        return  # here nobody sees a table without being able to read it
    made_by_hand(address, admin, *(marks.SCHEMA - {marks.REVISION}))
    execute(address, admin, f"CREATE TABLE {marks.REVISION} (version_num TEXT)", database=address.name)
    account = Login("panko-blind", "s3cret")
    execute(address, admin, f"CREATE ROLE \"{account.username}\" LOGIN PASSWORD '{account.password}'")
    try:
        grant = f'GRANT INSERT ON ALL TABLES IN SCHEMA public TO "{account.username}"'  # what one has is listed
        execute(address, admin, grant, database=address.name)
        assert servers.has_schema(address, account, revision="0004")
    finally:
        servers.drop_database(address, admin)
        execute(address, admin, f'DROP ROLE "{account.username}"')
