"""The real servers that tests ask for by fixture."""

pytest_plugins = (
    "servers.mariadb",
    "servers.postgresql",
    "servers.galera",
    "servers.memcached",
    "servers.keystone",
    "servers.kube_apiserver",
)
