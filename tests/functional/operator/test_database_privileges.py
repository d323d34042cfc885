"""What the operator says of a login that is right and lacks a privilege, on real MariaDB and PostgreSQL."""

import dataclasses

import pytest

from panko_operator.database import ENGINES
from panko_operator.errors import DatabasePrivilegeError
from panko_operator.world.values import DatabaseAddress, Login, Owner

OWNER = Owner("cluster-1", "openstack/panko", "1-2-3")
API = Login("panko-api-2", "api-password")
POWERLESS = Login("somebody", "somebodys-password")


@pytest.fixture
def made(servers, server, engine, admin):
    """A database that nobody but its administrator may use, and an account."""
    address = DatabaseAddress(engine, server.host, server.port, "my_panko")
    servers.ensure_database(address, admin, OWNER, adopt=False)
    ENGINES[engine].create_account(address, admin, API)
    if engine == "postgresql":
        server.execute("REVOKE CONNECT ON DATABASE my_panko FROM PUBLIC")
    yield address
    servers.drop_database(address, admin)
    servers.drop_accounts(address, admin, [API.username])


@pytest.fixture
def powerless(server, engine):
    """An account whose password is right and that may do nothing."""
    made = {"mysql": "CREATE USER {}@'%' IDENTIFIED BY '{}'", "postgresql": "CREATE ROLE {} LOGIN PASSWORD '{}'"}
    gone = {"mysql": "DROP USER {}@'%'", "postgresql": "DROP ROLE {}"}
    server.execute(made[engine].format(POWERLESS.username, POWERLESS.password))
    yield POWERLESS
    server.execute(gone[engine].format(POWERLESS.username))


LACKS = {
    "logging in to the database": (
        lambda servers, address, login: servers.check_login(address, login),
        {"mysql": "ALL PRIVILEGES ON `my_panko`.*", "postgresql": "CONNECT on the database my_panko"},
    ),
    "making a database": (
        lambda servers, address, login: servers.ensure_database(
            dataclasses.replace(address, name="another"), login, OWNER, adopt=False
        ),
        {"mysql": "ALL PRIVILEGES ON `another`.*", "postgresql": "the attribute CREATEDB"},
    ),
    "making an account": (
        lambda servers, address, login: servers.ensure_account(address, login, Login("new", "pass"), role="api"),
        {"mysql": "CREATE USER ON *.*", "postgresql": "the attribute CREATEROLE"},
    ),
    "setting a password": (
        lambda _servers, address, login: ENGINES[address.engine].set_password(address, login, API),
        {"mysql": "CREATE USER ON *.*", "postgresql": "the attribute CREATEROLE"},
    ),
    "granting": (
        lambda _servers, address, login: ENGINES[address.engine].grant(
            address, login, username=API.username, role="schema"
        ),
        {
            "mysql": "ALL PRIVILEGES ON `my_panko`.* WITH GRANT OPTION",
            "postgresql": "the attribute CREATEROLE and the role that owns the database my_panko",
        },
    ),
    "dropping the database": (
        lambda servers, address, login: servers.drop_database(address, login),
        {"mysql": "ALL PRIVILEGES ON `my_panko`.*", "postgresql": "the role that owns the database my_panko"},
    ),
}


@pytest.mark.parametrize("deed", LACKS)
def test_a_privilege_that_is_missing_is_told_as_that_and_not_as_a_wrong_password(
    servers, made, powerless, engine, deed
):
    do, needed = LACKS[deed]
    with pytest.raises(DatabasePrivilegeError) as caught:
        do(servers, made, powerless)
    words = str(caught.value)
    assert f"give {powerless.username} {needed[engine]}" in words
    assert "password" not in words
    assert powerless.password not in words


def test_giving_what_the_message_names_is_enough_to_log_in(servers, made, powerless, server, engine):
    statement = {
        "mysql": f"GRANT ALL PRIVILEGES ON `my_panko`.* TO {powerless.username}@'%'",
        "postgresql": f"GRANT CONNECT ON DATABASE my_panko TO {powerless.username}",
    }
    server.execute(statement[engine])
    try:
        servers.check_login(made, powerless)
    finally:
        undo = statement[engine].replace("GRANT", "REVOKE").replace(" TO ", " FROM ")
        server.execute(undo)
