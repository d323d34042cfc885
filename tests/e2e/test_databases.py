"""The other databases: PostgreSQL, and an account of one's own."""

import secrets

from e2e.area import Area
from live import openstack
from live.errors import CommandError
from live.resource import Panko
from live.waiting import until


def test_postgresql_serves_the_same(area: Area) -> None:
    database = {
        "engine": "postgresql",
        "host": f"postgresql.{openstack.DOMAIN}",
        "adminSecretRef": {"name": "postgresql-root"},
    }
    panko = area.panko(spec={"database": database})
    panko.wait_ready(seconds=150)
    assert "21 of 21 events published" in area.admin.publish(panko.publisher_url(), "--recent")
    listed = area.client.cli("event", "list", "--filter", "all_tenants=True")
    assert len(listed) == 21
    assert listed == sorted(listed, key=lambda event: event["generated"])


def test_an_account_of_ones_own_is_used_and_the_server_is_left_alone(area: Area) -> None:
    name = area.namespace.replace("-", "_")
    password = secrets.token_urlsafe(12)
    area.sql(f"CREATE DATABASE {name}; CREATE USER {name}@'%' IDENTIFIED BY '{password}'")
    area.sql(f"GRANT ALL ON {name}.* TO {name}@'%'")
    area.secret("mine", {"username": name, "password": password})
    users = area.sql("SELECT user FROM mysql.user")
    database = {"name": name, "adminSecretRef": None, "accountSecretRef": {"name": "mine"}}
    panko = area.panko(spec={"database": database})
    panko.wait_ready(seconds=150)
    assert "21 of 21 events published" in area.admin.publish(panko.publisher_url(), "--recent")
    assert area.sql("SELECT user FROM mysql.user") == users


def test_a_database_that_comes_back_is_used_again_without_a_restart(area: Area) -> None:
    panko = area.panko()
    panko.wait_ready(seconds=150)
    pods = {pod["metadata"]["name"] for pod in panko.pods("api")}
    area.cluster.kubectl("delete", "pod", "--selector=app=mariadb", "--namespace=openstack", "--wait=true")
    words = ("rollout", "status", "deployment/mariadb", "--namespace=openstack", "--timeout=120s")
    area.cluster.kubectl(*words, seconds=130)
    until(lambda: _published(area, panko), "publishing again", seconds=60, explain=panko.told)
    panko.wait_ready()
    assert {pod["metadata"]["name"] for pod in panko.pods("api")} == pods
    assert {_restarts(pod) for pod in panko.pods("api")} == {0}


def _published(area: Area, panko: Panko) -> bool:
    first = openstack.corpus()[:1]
    try:
        area.admin.publish(panko.publisher_url(), "--recent", notifications=first)
    except CommandError:
        return False
    return True


def _restarts(pod: dict[str, dict[str, list[dict[str, int]]]]) -> int:
    return sum(one["restartCount"] for one in pod["status"]["containerStatuses"])
