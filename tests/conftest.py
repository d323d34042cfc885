"""The real servers that tests ask for by fixture."""

pytest_plugins = (
    "servers.once",
    "servers.mariadb",
    "servers.galera",
    "servers.postgresql",
    "servers.memcached",
    "servers.keystone",
    "servers.rabbitmq",
    "servers.kube_apiserver",
)
