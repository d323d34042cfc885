"""database against real MariaDB and PostgreSQL: the same promises on both."""

import contextlib

import psycopg
import pymysql
import pytest

from panko_operator.database.postgresql import _session
from panko_operator.errors import DatabaseError, DatabaseLoginRefusedError, DatabaseUnreachableError
from panko_operator.removal import leftovers
from panko_operator.world.values import DatabaseAddress, Login, Owner
from servers.sessions import connect, execute

SCHEMA = Login("panko-schema-1", 'schema\'s "pass" %s\\')
API = Login("panko-api-1", "api-password")
EXPIRER = Login("panko-expirer-1", "expirer-password")
COLLECTOR = Login("panko-collector-1", "collector-password")
OWNER = Owner("cluster-1", "openstack/panko", "1-2-3")
ACCOUNTS = {"schema": SCHEMA, "api": API, "expirer": EXPIRER, "collector": COLLECTOR}


@pytest.fixture
def address(engine, server):
    return DatabaseAddress(engine, server.host, server.port, "my_panko")


@pytest.fixture
def made(servers, address, admin):
    """A database with its accounts and one table that the schema account made; all gone after the test."""
    servers.ensure_database(address, admin, OWNER, adopt=False)
    for role, account in ACCOUNTS.items():
        servers.ensure_account(address, admin, account, role=role)
    execute(address, SCHEMA, "CREATE TABLE event (id INTEGER PRIMARY KEY)")
    yield address
    servers.drop_accounts(address, admin, [API.username, EXPIRER.username, COLLECTOR.username])
    servers.drop_database(address, admin)
    servers.drop_accounts(address, admin, [SCHEMA.username])


def refused(address, login, statement):
    try:
        execute(address, login, statement)
    except (pymysql.err.OperationalError, pymysql.err.ProgrammingError, psycopg.errors.InsufficientPrivilege):
        return True
    return False


def test_everything_is_idempotent_and_says_so(servers, made, admin):
    assert servers.ensure_database(made, admin, OWNER, adopt=False) is False
    for role, account in ACCOUNTS.items():
        assert servers.ensure_account(made, admin, account, role=role) is False


def test_what_is_made_first_is_told(servers, address, admin):
    try:
        assert servers.ensure_database(address, admin, OWNER, adopt=False) is True
        assert servers.ensure_account(address, admin, SCHEMA, role="schema") is True
    finally:
        servers.drop_database(address, admin)
        servers.drop_accounts(address, admin, [SCHEMA.username])


def test_the_schema_account_may_change_the_schema(made):
    for statement in (
        "CREATE TABLE trait (id INTEGER PRIMARY KEY, event INTEGER REFERENCES event (id))",
        "ALTER TABLE trait ADD COLUMN note VARCHAR(10)",
        "CREATE INDEX ix_note ON trait (note)",
        "INSERT INTO event VALUES (1)",
        "UPDATE event SET id = 2",
        "DELETE FROM event",
        "DROP TABLE trait",
    ):
        execute(made, SCHEMA, statement)


@pytest.mark.parametrize(
    ("account", "allowed", "forbidden"),
    [
        (
            API,
            ("INSERT INTO event VALUES (3)", "SELECT * FROM event"),
            ("DELETE FROM event", "UPDATE event SET id = 9"),
        ),
        (
            EXPIRER,
            ("SELECT * FROM event", "DELETE FROM event"),
            ("INSERT INTO event VALUES (4)", "UPDATE event SET id = 9"),
        ),
        (
            COLLECTOR,
            ("INSERT INTO event VALUES (5)", "SELECT * FROM event"),
            ("DELETE FROM event", "UPDATE event SET id = 9"),
        ),
    ],
    ids=["api", "expirer", "collector"],
)
def test_the_other_accounts_may_do_their_work_and_no_more(made, account, allowed, forbidden):
    for statement in allowed:
        execute(made, account, statement)
    for statement in (*forbidden, "DROP TABLE event", "CREATE TABLE mine (id INTEGER)"):
        assert refused(made, account, statement), statement


def test_a_table_made_before_the_account_is_readable_too(servers, made, admin):
    servers.drop_accounts(made, admin, [API.username])
    servers.ensure_account(made, admin, API, role="api")
    assert list(execute(made, API, "SELECT * FROM event")) == []


def test_a_wildcard_in_the_name_gives_no_other_database(servers, made, admin):
    other = DatabaseAddress(made.engine, made.host, made.port, "my1panko")
    servers.ensure_database(other, admin, OWNER, adopt=False)
    try:
        with pytest.raises((pymysql.err.OperationalError, psycopg.Error)):
            execute(other, API, "CREATE TABLE stolen (id INTEGER)")
    finally:
        servers.drop_database(other, admin)


def test_another_password_is_set(servers, made, admin):
    rotated = Login(API.username, "another")
    with pytest.raises(DatabaseLoginRefusedError):
        servers.check_login(made, rotated)
    assert servers.ensure_account(made, admin, rotated, role="api") is True
    servers.check_login(made, rotated)


def test_a_grant_that_somebody_took_comes_back(servers, made, admin, engine):
    execute(
        made,
        admin,
        "REVOKE INSERT ON `my\\_panko`.* FROM 'panko-api-1'@'%'"
        if engine == "mysql"
        else 'ALTER DEFAULT PRIVILEGES FOR ROLE "panko-schema-1" REVOKE INSERT ON TABLES FROM "panko-api-1"',
    )
    assert servers.ensure_account(made, admin, API, role="api") is True
    execute(made, SCHEMA, "CREATE TABLE later (id INTEGER PRIMARY KEY)")
    execute(made, API, "INSERT INTO later VALUES (1)")


def test_the_accounts_go_with_their_sessions(servers, made, admin):
    session = connect(made, API)
    servers.drop_accounts(made, admin, [API.username, "panko-never-made"])
    with contextlib.closing(session), pytest.raises((pymysql.Error, psycopg.Error)):
        session.cursor().execute("SELECT 1")
    with pytest.raises(DatabaseLoginRefusedError):
        servers.check_login(made, API)


def test_the_database_goes_although_somebody_uses_it(servers, made, admin):
    session = connect(made, SCHEMA)
    servers.drop_database(made, admin)
    servers.drop_database(made, admin)
    with contextlib.closing(session), pytest.raises((pymysql.Error, psycopg.Error)):
        session.cursor().execute("SELECT * FROM event")


def test_a_wrong_password_is_a_refusal_that_names_the_user_but_not_the_password(servers, address):
    with pytest.raises(DatabaseLoginRefusedError, match="refuses the user somebody") as caught:
        servers.ensure_database(address, Login("somebody", "hunter2"), OWNER, adopt=False)
    assert "hunter2" not in str(caught.value)


def test_a_database_that_is_not_there_is_no_refusal(servers, address, admin):
    missing = DatabaseAddress(address.engine, address.host, address.port, "absent")
    with pytest.raises(DatabaseError, match="absent does not exist"):
        servers.check_login(missing, admin)


def test_a_port_where_nobody_listens_is_unreachable(servers, engine, admin):
    with pytest.raises(DatabaseUnreachableError, match="does not answer"):
        servers.ensure_database(DatabaseAddress(engine, "127.0.0.1", 9, "panko"), admin, OWNER, adopt=False)


def test_a_host_name_that_does_not_resolve_is_unreachable(servers, engine, admin):
    with pytest.raises(DatabaseUnreachableError, match="does not answer"):
        servers.ensure_database(DatabaseAddress(engine, "db.invalid", 3306, "panko"), admin, OWNER, adopt=False)


def test_a_server_that_freezes_in_the_middle_is_unreachable_in_bounded_time(postgresql, monkeypatch):
    monkeypatch.setattr("panko_operator.database.postgresql._SESSION_SECONDS", 1.0)
    address = DatabaseAddress("postgresql", postgresql.host, postgresql.port, "postgres")
    admin = Login(postgresql.admin_username, postgresql.admin_password)

    def asked():
        with _session(address, admin) as session:
            postgresql.freeze()
            session.execute("SELECT 1")

    try:
        with pytest.raises(DatabaseUnreachableError, match="does not answer"):
            asked()
    finally:
        postgresql.thaw()


def test_a_kept_database_is_taken_over_by_new_accounts(servers, made, admin):
    execute(made, API, "INSERT INTO event VALUES (7)")
    servers.drop_accounts(made, admin, [API.username, EXPIRER.username, COLLECTOR.username])
    servers.drop_accounts(made, admin, [SCHEMA.username])
    for role, account in ACCOUNTS.items():
        assert servers.ensure_account(made, admin, account, role=role) is True
    execute(made, SCHEMA, "ALTER TABLE event ADD COLUMN note VARCHAR(10)")
    execute(made, API, "INSERT INTO event (id) VALUES (8)")
    assert sorted(row[0] for row in execute(made, EXPIRER, "SELECT id FROM event")) == [7, 8]


def test_what_a_person_is_told_to_type_drops_the_accounts_and_keeps_the_events(made, admin, engine):
    statements = leftovers.drop_accounts(engine, [account.username for account in ACCOUNTS.values()])
    for statement in statements.split("; "):
        execute(made, admin, statement)
    accounts = {"mysql": "SELECT user FROM mysql.user", "postgresql": "SELECT rolname FROM pg_roles"}
    left = {name for (name,) in execute(made, admin, accounts[engine])}  # others have theirs on the server
    assert not left & {account.username for account in ACCOUNTS.values()}
    assert list(execute(made, admin, "SELECT id FROM event")) == []


def test_what_had_to_be_corrected_is_told(servers, made, admin):
    def corrected():
        told = []
        servers.ensure_account(made, admin, API, role="api", correcting=told.append)
        return [(one.subject, one.field) for one in told]

    subject = f"DatabaseAccount {API.username}"
    assert corrected() == []
    servers.ensure_account(made, admin, Login(API.username, "somebody's"), role="api")
    assert corrected() == [(subject, "password")]
    if made.engine == "mysql":
        execute(made, admin, f"REVOKE INSERT ON `my\\_panko`.* FROM '{API.username}'@'%'")
    else:
        execute(
            made,
            admin,
            f'ALTER DEFAULT PRIVILEGES FOR ROLE "{SCHEMA.username}" REVOKE INSERT ON TABLES FROM "{API.username}"',
        )
    assert corrected() == [(subject, "grants")]
    servers.drop_accounts(made, admin, [API.username])
    assert corrected() == [(subject, "")]
    assert corrected() == []
