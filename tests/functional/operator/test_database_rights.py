"""On real servers: the API's account asks what it may do itself, and what somebody has taken from it is given back."""

import pytest

from panko_operator.errors import DatabaseError
from panko_operator.world.values import DatabaseAddress, Login, Owner
from servers.sessions import execute

OWNER = Owner("cluster-1", "openstack/panko", "1-2-3")
SCHEMA, API = Login("panko-rights-schema", "schema-password"), Login("panko-rights-api", "api-password")
TABLES = {
    "mysql": "CREATE TABLE event (id INTEGER PRIMARY KEY AUTO_INCREMENT, name VARCHAR(9))",
    "postgresql": "CREATE TABLE event (id SERIAL PRIMARY KEY, name VARCHAR(9))",
}
TAKEN = {
    "mysql": {
        "to write": "REVOKE INSERT ON `my\\_rights`.* FROM {api}@'%'",
        "to read": "REVOKE SELECT ON `my\\_rights`.* FROM {api}@'%'",
        "the password": "ALTER USER {api}@'%' IDENTIFIED BY 'another'",
        "the account": "DROP USER {api}@'%'",
    },
    "postgresql": {
        "to write": "REVOKE INSERT ON event FROM {api}",
        "to read": "REVOKE SELECT ON event FROM {api}",
        "the sequence": "REVOKE USAGE ON SEQUENCE event_id_seq FROM {api}",
        "the schema": "REVOKE USAGE ON SCHEMA public FROM {api}, PUBLIC",
        "to come in": "REVOKE CONNECT ON DATABASE my_rights FROM {api}",
        "the password": "ALTER ROLE {api} PASSWORD 'another'",
    },
}
CASES = [(engine, name) for engine, taken in TAKEN.items() for name in taken]


@pytest.fixture
def address(engine, server, servers, admin):
    """A database with a table and its accounts."""
    address = DatabaseAddress(engine, server.host, server.port, "my_rights")
    servers.ensure_database(address, admin, OWNER, adopt=False)
    for role, account in (("schema", SCHEMA), ("api", API)):
        servers.ensure_account(address, admin, account, role=role)
    execute(address, SCHEMA, TABLES[engine])
    yield address
    servers.drop_accounts(address, admin, [API.username])
    servers.drop_database(address, admin)
    servers.drop_accounts(address, admin, [SCHEMA.username])


def is_unwell(servers, address):
    """Ask as the account itself, as between passes."""
    try:
        return servers.lacks_grants(address, API, API.username, role="api")
    except DatabaseError:
        return True


def store(address):
    execute(address, API, "INSERT INTO event (name) VALUES ('written')")
    execute(address, API, "SELECT * FROM event")


@pytest.mark.parametrize(("engine", "name"), CASES)
def test_what_was_taken_is_found_by_the_account_itself_and_given_back(servers, engine, address, admin, name):
    assert not is_unwell(servers, address)
    store(address)
    execute(
        address,
        admin,
        TAKEN[engine][name].format(api=f'"{API.username}"' if engine == "postgresql" else f"`{API.username}`"),
    )
    assert is_unwell(servers, address)
    assert servers.ensure_account(address, admin, API, role="api")
    assert not is_unwell(servers, address)
    store(address)
    assert not servers.ensure_account(address, admin, API, role="api")
