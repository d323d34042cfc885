"""The other databases: PostgreSQL, and an account of one's own."""

import secrets

import pytest

from e2e.area import Area
from live import openstack
from live.resource import Panko

POSTGRESQL = {
    "engine": "postgresql",
    "host": f"postgresql.{openstack.DOMAIN}",
    "adminSecretRef": {"name": "postgresql-root"},
}


@pytest.mark.early(database=POSTGRESQL)
def test_postgresql_serves_the_same(early: tuple[Area, Panko]) -> None:
    area, panko = early
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
