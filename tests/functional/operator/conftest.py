"""The database servers that the operator administers; what asks for one runs on each."""

import functools

import pytest

from panko_operator.database import DatabaseServers
from panko_operator.world.values import KeystoneAdmin, Login


@pytest.fixture(params=["mysql", "postgresql"])
def engine(request):
    return request.param


@pytest.fixture
def server(engine, request):
    return request.getfixturevalue({"mysql": "mariadb", "postgresql": "postgresql"}[engine])


@pytest.fixture
def admin(server):
    return Login(server.admin_username, server.admin_password)


@pytest.fixture
def servers():
    return DatabaseServers()


@pytest.fixture
def admin_in(keystone):
    """A function that returns the administrator of Keystone in a region."""
    return functools.partial(
        KeystoneAdmin,
        keystone.url,
        keystone.admin_username,
        keystone.admin_password,
        keystone.admin_project,
        "Default",
        "Default",
    )
