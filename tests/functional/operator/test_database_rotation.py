"""Accounts that follow one another, on real MariaDB and PostgreSQL: both work, and the first goes when it is free."""

import contextlib
import threading

import psycopg
import pymysql
import pytest

from panko_operator.errors import DatabaseBusyError, DatabaseLoginRefusedError, DatabasePrivilegeError
from panko_operator.world.values import DatabaseAddress, Login, Owner
from servers.sessions import connect, execute

OWNER = Owner("cluster-1", "openstack/panko", "1-2-3")
BEFORE = {role: Login(f"panko-{role}-2", f"{role}-password") for role in ("schema", "api", "expirer")}
AFTER = {role: Login(f"panko-{role}-2-ab12", f"new-{role}-password") for role in BEFORE}


@pytest.fixture
def made(servers, engine, server, admin):
    """A database with its accounts and a table, in which the accounts of before are in use."""
    address = DatabaseAddress(engine, server.host, server.port, "turning_panko")
    servers.ensure_database(address, admin, OWNER, adopt=False)
    for role, account in BEFORE.items():
        servers.ensure_account(address, admin, account, role=role)
    execute(address, BEFORE["schema"], "CREATE TABLE event (id INTEGER PRIMARY KEY)")
    yield address
    everybody = [account.username for accounts in (BEFORE, AFTER) for account in accounts.values()]
    servers.drop_accounts(address, admin, [name for name in everybody if "schema" not in name])
    servers.drop_database(address, admin)
    servers.drop_accounts(address, admin, [name for name in everybody if "schema" in name])


def follow(servers, address, admin):
    for role, account in AFTER.items():
        servers.ensure_account(address, admin, BEFORE[role], role=role)
        servers.ensure_account(address, admin, account, role=role, after=BEFORE[role].username)


def retire(servers, address, admin):
    for role, account in BEFORE.items():
        servers.retire_account(address, admin, account.username, heir=AFTER[role].username)


@pytest.fixture
def postgresql_only(engine):
    if engine == "mysql":
        pytest.skip("nobody owns a table")


@pytest.mark.parametrize("accounts", [BEFORE, AFTER], ids=["before", "after"])
def test_both_do_their_work_while_both_are_there(servers, made, admin, accounts):
    follow(servers, made, admin)
    for statement in (
        "ALTER TABLE event ADD COLUMN note VARCHAR(10)",
        "CREATE INDEX ix_note ON event (note)",
        "CREATE TABLE later (id INTEGER PRIMARY KEY)",
        "INSERT INTO later VALUES (1)",
    ):
        execute(made, accounts["schema"], statement)
    execute(made, accounts["api"], "INSERT INTO event (id) VALUES (1)")
    assert list(execute(made, accounts["api"], "SELECT id FROM event")) == [(1,)]
    execute(made, accounts["expirer"], "DELETE FROM event")


def test_following_twice_changes_nothing(servers, made, admin):
    follow(servers, made, admin)
    for role, account in AFTER.items():
        assert servers.ensure_account(made, admin, BEFORE[role], role=role) is False
        assert servers.ensure_account(made, admin, account, role=role, after=BEFORE[role].username) is False
        assert servers.ensure_account(made, admin, account, role=role) is False


def test_an_account_that_is_in_use_never_lacks_a_privilege(servers, made, admin):
    stop, refusals = threading.Event(), []

    def use():
        with contextlib.closing(connect(made, BEFORE["api"])) as connection, connection.cursor() as cursor:
            while not stop.is_set():
                try:
                    cursor.execute("SELECT id FROM event")
                except (pymysql.Error, psycopg.Error) as error:
                    refusals.append(error)

    users = [threading.Thread(target=use) for _ in range(3)]
    for user in users:
        user.start()
    try:
        for _ in range(5):
            follow(servers, made, admin)
            servers.drop_accounts(made, admin, [AFTER["api"].username, AFTER["expirer"].username])
            retire_back(servers, made, admin)
    finally:
        stop.set()
        for user in users:
            user.join()
    assert refusals == []


def retire_back(servers, address, admin):
    """Let the schema account of before follow the one after it."""
    after, before = AFTER["schema"], BEFORE["schema"]
    if address.engine == "postgresql":
        execute(address, admin, f'REVOKE "{after.username}" FROM "{before.username}"')
        servers.ensure_account(address, admin, before, role="schema", after=after.username)
        servers.ensure_account(address, admin, BEFORE["api"], role="api")


def test_sessions_are_seen_until_they_end(servers, made, admin):
    assert not servers.has_sessions(made, admin, BEFORE["api"].username)
    with contextlib.closing(connect(made, BEFORE["api"])):
        assert servers.has_sessions(made, admin, BEFORE["api"].username)
        assert not servers.has_sessions(made, admin, BEFORE["expirer"].username)


def test_what_was_owned_is_the_heirs_and_every_event_stays(servers, made, admin):
    execute(made, BEFORE["api"], "INSERT INTO event VALUES (7)")
    follow(servers, made, admin)
    execute(made, BEFORE["schema"], "CREATE TABLE made_late (id INTEGER PRIMARY KEY)")
    retire(servers, made, admin)
    for account in BEFORE.values():
        with pytest.raises(DatabaseLoginRefusedError):
            servers.check_login(made, account)
    assert list(execute(made, AFTER["api"], "SELECT id FROM event")) == [(7,)]
    execute(made, AFTER["api"], "INSERT INTO made_late VALUES (1)")
    execute(made, AFTER["expirer"], "DELETE FROM made_late")
    execute(made, AFTER["schema"], "ALTER TABLE event ADD COLUMN note VARCHAR(10)")
    execute(made, AFTER["schema"], "DROP TABLE made_late")
    execute(made, AFTER["schema"], "CREATE TABLE later (id INTEGER PRIMARY KEY)")
    execute(made, AFTER["api"], "INSERT INTO later VALUES (1)")
    retire(servers, made, admin)


def test_an_administrator_that_is_no_superuser_is_enough(servers, made, admin, server, engine):
    limited = Login("limited", "limited-password")
    make = {
        "mysql": (
            "CREATE USER limited@'%' IDENTIFIED BY 'limited-password'",
            "GRANT CREATE USER, PROCESS, CONNECTION ADMIN ON *.* TO limited@'%'",
            "GRANT ALL PRIVILEGES ON `turning\\_panko`.* TO limited@'%' WITH GRANT OPTION",
        ),
        "postgresql": (
            "CREATE ROLE limited LOGIN CREATEDB CREATEROLE PASSWORD 'limited-password'",
            *(f'GRANT "{account.username}" TO limited WITH ADMIN OPTION' for account in BEFORE.values()),
        ),
    }
    for statement in make[engine]:
        server.execute(statement)
    try:
        follow(servers, made, limited)
        assert not servers.has_sessions(made, limited, BEFORE["api"].username)
        retire(servers, made, limited)
        execute(made, AFTER["schema"], "ALTER TABLE event ADD COLUMN note VARCHAR(10)")
        execute(made, AFTER["api"], "INSERT INTO event (id) VALUES (8)")
    finally:
        retire_all = [account.username for account in AFTER.values()]
        servers.drop_accounts(made, admin, retire_all)
        server.execute({"mysql": "DROP USER limited@'%'", "postgresql": "DROP ROLE limited"}[engine])


def test_who_cannot_see_sessions_is_told_and_nothing_is_thought_free(servers, made, admin, server, engine):
    if engine == "postgresql":
        pytest.skip("everybody sees who is logged in")
    server.execute("CREATE USER blind@'%' IDENTIFIED BY 'blind-password'")
    try:
        with pytest.raises(DatabasePrivilegeError, match="PROCESS"):
            servers.has_sessions(made, Login("blind", "blind-password"), BEFORE["api"].username)
    finally:
        server.execute("DROP USER blind@'%'")


@pytest.mark.usefixtures("postgresql_only")
def test_a_backup_is_waited_for_and_nobody_waits_behind_us(servers, made, admin):
    backup = psycopg.connect(
        host=made.host, port=made.port, user=admin.username, password=admin.password, dbname=made.name
    )
    with contextlib.closing(backup), backup.transaction():
        backup.execute("LOCK TABLE event IN ACCESS SHARE MODE")
        with pytest.raises(DatabaseBusyError, match="holds tables"):
            servers.ensure_account(made, admin, AFTER["schema"], role="schema", after=BEFORE["schema"].username)
        execute(made, BEFORE["schema"], "INSERT INTO event VALUES (1)")
    follow(servers, made, admin)
