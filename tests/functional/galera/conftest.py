"""A cluster behind its proxy, and databases on it."""

from collections.abc import Iterator

import pytest

from panko.storage.sql.schema import migrate
from servers.galera import Galera
from servers.galera_proxy import GaleraProxy, running


@pytest.fixture(scope="module")
def proxy(galera: Galera, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GaleraProxy]:
    """Run the proxy in front of the cluster."""
    with running(galera, tmp_path_factory.mktemp("galera-proxy")) as proxy:
        yield proxy


@pytest.fixture
def database(galera: Galera, proxy: GaleraProxy) -> str:
    """Return the name of a database with tables and nothing in them."""
    name = galera.new_database()
    migrate.upgrade(proxy.url(name))
    return name
