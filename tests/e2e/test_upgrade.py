"""Another image, under load: the schema is expanded, pods are replaced, and it is contracted when no old pod is left.

The other image is the same one under another name, and the database is put back to where the release before had it.
"""

import pytest

from e2e.area import Area
from e2e.load import load
from live.cluster import Manifest
from live.installation import NEXT_IMAGE, PANKO_IMAGE
from live.openstack import OpenStack
from live.resource import Panko
from live.waiting import until

EXPANDED = "0008"
NEWEST = "0009"
STRANGE = "9999"


@pytest.fixture(scope="module")
def area(busy_area: Area) -> Area:
    return busy_area


@pytest.fixture(scope="module")
def panko(busy: Panko) -> Panko:
    return busy


def _database(area: Area) -> str:
    return f"{area.namespace}_panko".replace("-", "_")


def _jobs(panko: Panko) -> list[str]:
    return [job["metadata"]["name"] for job in panko.cluster.items("jobs", panko.namespace, labels=panko.labels)]


def _contraction(panko: Panko) -> list[str]:
    return [name for name in _jobs(panko) if "-contract-" in name]


def _pods(panko: Panko, component: str) -> list[Manifest]:
    """Return the pods of a component, those that terminate included."""
    labels = f"app.kubernetes.io/instance={panko.name},app.kubernetes.io/component={component}"
    return panko.cluster.items("pods", panko.namespace, labels=labels)


def _images(panko: Panko) -> set[str]:
    return {pod["spec"]["containers"][0]["image"] for pod in _pods(panko, "api")}


def test_a_first_installation_needs_one_schema_job(shared: Panko) -> None:
    assert len(_jobs(shared)) == 1, _jobs(shared)
    assert shared.live()["status"]["databaseRevision"] == NEWEST


def test_an_upgrade_costs_no_request_and_contracts_when_no_old_pod_is_left(
    area: Area, panko: Panko, openstack: OpenStack
) -> None:
    old = {pod["metadata"]["name"] for pod in _pods(panko, "api")}
    tables = f"`{_database(area)}`"
    area.sql(
        f"UPDATE {tables}.alembic_version SET version_num = '{EXPANDED}';"
        f"ALTER TABLE {tables}.event_type_trait ADD INDEX ix_event_type_trait_day (day);"
    )
    with load(panko, openstack) as ledger:
        panko.patch({"image": NEXT_IMAGE})
        until(lambda: _contraction(panko), "the contraction", seconds=240, explain=panko.told)
        left = {pod["metadata"]["name"] for pod in _pods(panko, "api")} & old
        panko.wait_ready(seconds=120)
    ledger.check(panko)
    assert left == set()
    assert _images(panko) == {NEXT_IMAGE}
    assert panko.live()["status"]["databaseRevision"] == NEWEST
    assert panko.condition("DBContractReady")["status"] == "True"
    indexes = f"SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = '{_database(area)}'"
    assert area.sql(f"{indexes} AND index_name = 'ix_event_type_trait_day'").strip() == "0"


def test_an_image_that_is_older_than_the_schema_is_told_and_what_runs_serves_on(
    area: Area, panko: Panko, openstack: OpenStack
) -> None:
    tables, before = f"`{_database(area)}`", _images(panko)
    area.sql(f"UPDATE {tables}.schema_floor SET revision = '{STRANGE}'")
    area.sql(f"UPDATE {tables}.alembic_version SET version_num = '{STRANGE}'")
    with load(panko, openstack) as ledger:
        panko.patch({"image": PANKO_IMAGE})
        told = panko.wait_condition("DBSyncReady", status="False", saying=STRANGE, seconds=90)
        assert told["reason"] == "SchemaNewer"
        assert NEWEST in told["message"]
        # It may not be called Failed yet.
        assert len([pod for pod in _pods(panko, "dbsync") if pod["status"]["phase"] != "Succeeded"]) == 1
        assert _images(panko) == before
        area.sql(f"UPDATE {tables}.alembic_version SET version_num = '{NEWEST}'")
        area.sql(f"UPDATE {tables}.schema_floor SET revision = '{EXPANDED}'")
        panko.patch({"image": NEXT_IMAGE})
        panko.wait_ready(seconds=120)
    ledger.check(panko)
    assert _images(panko) == before
