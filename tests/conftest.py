"""The real servers that tests ask for by fixture, and how patient tests are."""

from hypothesis import HealthCheck, settings

# How long something takes on a machine that has much else to do says nothing of it. All else stays as it is set.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

pytest_plugins = (
    "servers.once",
    "servers.mariadb",
    "servers.galera",
    "servers.postgresql",
    "servers.memcached",
    "servers.keystone",
    "servers.rabbitmq",
    "servers.kube_apiserver",
    "servers.s3",
)
