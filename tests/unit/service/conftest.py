"""A service of the API on a store in memory."""

import pytest
from falcon import testing

from fakes.memory_connection import MemoryConnection
from panko import config
from panko.api.pipeline import create_service


@pytest.fixture
def connection() -> MemoryConnection:
    return MemoryConnection()


@pytest.fixture
def make_conf(tmp_path):
    """Read a configuration from text."""

    def make(text: str = ""):
        path = tmp_path / "panko.conf"
        path.write_text(text)
        return config.load([], prog="panko-api", config_files=[str(path)])

    return make


@pytest.fixture
def make_client(make_conf, connection):
    """Make a client of a service with a configuration; noauth unless it says something else."""

    def make(text: str = "[api]\nauth_strategy = noauth\n"):
        return testing.TestClient(create_service(make_conf(text), connection))

    return make
