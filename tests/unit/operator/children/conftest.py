"""The inputs of the API's configuration."""

import pytest

from panko_operator.children import config
from panko_operator.world.values import Login


@pytest.fixture(scope="session")
def inputs():
    return config.ConfigInputs(
        api_login=Login("panko-api-0a1b2c3d", "p@ss/word"),
        service_user=Login("panko-openstack-panko", "service-user-password"),
        memcache_secret_key="memcache-secret-key",
        hash_key="config-hash-key",
        htpasswd_lines=("ceilometer:$2b$12$abcdefghijklmnopqrstuv",),
    )
