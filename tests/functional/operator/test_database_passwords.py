"""No password of the database leaves the operator in a form that others can read."""

import contextlib

import pymysql
import pytest

from panko_operator.database import DatabaseServers
from panko_operator.errors import DatabaseError
from panko_operator.world.values import DatabaseAddress, Login, Owner
from servers.rogue_database import (
    clear_text_mysql,
    clear_text_mysql_over_tls,
    clear_text_postgresql,
    full_authentication_mysql_over_tls,
    own_key_mysql,
    rogue,
)

ROGUES = [
    ("mysql", clear_text_mysql),
    ("mysql", own_key_mysql),
    ("mysql", clear_text_mysql_over_tls),
    ("mysql", full_authentication_mysql_over_tls),
    ("postgresql", clear_text_postgresql),
]

OWNER = Owner("cluster-1", "openstack/panko", "1-2-3")


@pytest.mark.parametrize(("engine", "talk"), ROGUES)
def test_who_answers_for_the_server_gets_no_password(engine, talk):
    with rogue(talk) as listener:
        address = DatabaseAddress(engine, "127.0.0.1", listener.port, "panko")
        with pytest.raises(DatabaseError, match="so none was sent"):
            DatabaseServers().check_login(address, Login("root", "TOP-SECRET"))
    assert not any(b"TOP-SECRET" in words for words in listener.heard)


def test_the_general_log_of_mariadb_holds_no_password(mariadb):
    admin = Login(mariadb.admin_username, mariadb.admin_password)
    address, servers = DatabaseAddress("mysql", mariadb.host, mariadb.port, "logged"), DatabaseServers()
    with contextlib.closing(_connect(mariadb)) as connection, connection.cursor() as cursor:
        cursor.execute("SET GLOBAL log_output = 'TABLE', GLOBAL general_log = ON")
        try:
            servers.ensure_database(address, admin, OWNER, adopt=False)
            for password in ("canary-one", "canary-two"):
                account = Login("panko-api-log", password)
                servers.ensure_account(address, admin, account, role="api")
                servers.check_login(address, account)
            cursor.execute("SET GLOBAL general_log = OFF")
            cursor.execute("SELECT argument FROM mysql.general_log WHERE argument LIKE '%panko-api-log%'")
            logged = str(cursor.fetchall())
        finally:
            cursor.execute("SET GLOBAL general_log = OFF, GLOBAL log_output = 'FILE'")
            servers.drop_accounts(address, admin, ["panko-api-log"])
            servers.drop_database(address, admin)
    assert "CREATE USER" in logged
    assert "ALTER USER" in logged
    assert "canary" not in logged


def _connect(server):
    return pymysql.connect(
        host=server.host, port=server.port, user=server.admin_username, password=server.admin_password
    )
