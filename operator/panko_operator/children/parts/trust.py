"""What pods trust: the authorities' certificates that the spec names, where they are mounted, and what reads them.

Pure. The Secrets are mounted as they are: a renewed certificate reaches the next connection without a rollout.
"""

from collections.abc import Iterator

from panko_operator.children.parts.volume import secret_volume
from panko_operator.resource import Panko
from panko_operator.resource.spec.workloads.collector import Collector
from panko_operator.world import Manifest

DIRECTORY = "/etc/panko-trust"
ARCHIVE_CA = f"{DIRECTORY}/archive/ca.crt"
DATABASE_CA = f"{DIRECTORY}/database/ca.crt"
DATABASE_CLIENT = f"{DIRECTORY}/database-client"
KEYSTONE_CA = f"{DIRECTORY}/keystone/ca.crt"
MEMCACHED_CA = f"{DIRECTORY}/memcached/ca.crt"
MEMCACHED_CLIENT = f"{DIRECTORY}/memcached-client"
RABBITMQ_CA = f"{DIRECTORY}/rabbitmq/ca.crt"


def for_database(panko: Panko) -> tuple[list[Manifest], list[Manifest]]:
    """Return the volumes and the mounts of a pod that connects to the database."""
    return _both(_database(panko))


def for_api(panko: Panko) -> tuple[list[Manifest], list[Manifest]]:
    """Return the volumes and the mounts of a pod that connects to the database, to Keystone and to memcached."""
    return _both([*_database(panko), *_keystone(panko), *_memcached(panko)])


def for_archive(panko: Panko) -> tuple[list[Manifest], list[Manifest]]:
    """Return the volumes and the mounts of a pod that writes to the archive."""
    ca = panko.spec.retention.s3.ca if panko.spec.retention.s3 else None
    return _both([_authority("archive-ca", ca.name, ca.key)] if ca else [])


def for_collector(panko: Panko) -> tuple[list[Manifest], list[Manifest]]:
    """Return the volumes and the mounts of a pod that connects to the database and to RabbitMQ."""
    ca = panko.spec.collector.ca if panko.spec.collector else None
    return _both([*_database(panko), *([_authority("rabbitmq-ca", ca.name, ca.key)] if ca else [])])


def rabbitmq_options(collector: Collector) -> dict[str, str]:
    """Return the options of [oslo_messaging_rabbit] by which the collector knows RabbitMQ; a URL may say otherwise."""
    return {"ssl": "true", "ssl_ca_file": RABBITMQ_CA} if collector.ca else {}


def database_arguments(panko: Panko) -> dict[str, str]:
    """Return the arguments of the database's URL by which the service's driver knows the server."""
    tls = panko.spec.database.tls
    if tls is None:
        return {}
    client = {"cert": f"{DATABASE_CLIENT}/tls.crt", "key": f"{DATABASE_CLIENT}/tls.key"}
    own = client if tls.client_secret_name else {}
    if panko.spec.database.engine == "postgresql":
        mode = "verify-full" if tls.verify_name else "verify-ca"
        return {"sslmode": mode, "sslrootcert": DATABASE_CA, **{f"ssl{name}": path for name, path in own.items()}}
    name_too = {} if tls.verify_name else {"ssl_check_hostname": "false"}
    return {"ssl_ca": DATABASE_CA, **name_too, **{f"ssl_{name}": path for name, path in own.items()}}


def keystone_options(panko: Panko) -> dict[str, str]:
    """Return the options of [keystone_authtoken] by which the service knows Keystone."""
    return {"cafile": KEYSTONE_CA} if panko.spec.keystone.ca else {}


def memcached_options(panko: Panko) -> dict[str, str]:
    """Return the options of [keystone_authtoken] by which the service knows the servers of memcached."""
    memcached = panko.spec.memcached
    if memcached.ca is None:
        return {}
    client = {
        "memcache_tls_certfile": f"{MEMCACHED_CLIENT}/tls.crt",
        "memcache_tls_keyfile": f"{MEMCACHED_CLIENT}/tls.key",
    }
    own = client if memcached.client_secret_name else {}
    return {"memcache_tls_enabled": "true", "memcache_tls_cafile": MEMCACHED_CA, **own}


def _database(panko: Panko) -> Iterator[Manifest]:
    tls = panko.spec.database.tls
    if tls is None:
        return
    yield _authority("database-ca", tls.ca.name, tls.ca.key)
    if tls.client_secret_name:
        yield secret_volume("database-client", tls.client_secret_name, keys=("tls.crt", "tls.key"))


def _keystone(panko: Panko) -> Iterator[Manifest]:
    ca = panko.spec.keystone.ca
    if ca is not None:
        yield _authority("keystone-ca", ca.name, ca.key)


def _memcached(panko: Panko) -> Iterator[Manifest]:
    memcached = panko.spec.memcached
    if memcached.ca is None or not memcached.servers:
        return
    yield _authority("memcached-ca", memcached.ca.name, memcached.ca.key)
    if memcached.client_secret_name:
        yield secret_volume("memcached-client", memcached.client_secret_name, keys=("tls.crt", "tls.key"))


def _authority(name: str, secret: str, key: str) -> Manifest:
    volume = secret_volume(name, secret, keys=(key,))
    volume["secret"]["items"] = [{"key": key, "path": "ca.crt"}]
    return volume


def _both(volumes: Iterator[Manifest] | list[Manifest]) -> tuple[list[Manifest], list[Manifest]]:
    volumes = list(volumes)
    mounts = [
        {"name": volume["name"], "mountPath": f"{DIRECTORY}/{volume['name'].removesuffix('-ca')}", "readOnly": True}
        for volume in volumes
    ]
    return volumes, mounts
