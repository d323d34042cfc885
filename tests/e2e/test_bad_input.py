"""Whatever is wrong, the Panko says what to do next, and recovers by itself once it is done."""

from typing import Any

import pytest

from e2e.area import Area
from live import resource
from live.errors import CommandError
from live.resource import Panko
from live.waiting import until


def test_a_secret_that_is_missing_or_wrong_is_named_and_mending_it_is_enough(area: Area) -> None:
    login = Panko(area.cluster, "panko", area.namespace).secret("mariadb-root")
    panko = area.panko(spec={"database": {"adminSecretRef": {"name": "later"}}})
    panko.wait_condition("InputReady", status="False", saying="Secret later does not exist")
    area.secret("later", {"username": login["username"]})
    panko.wait_condition("InputReady", status="False", saying="key password")
    area.secret("later", {**login, "password": "Pa55-of-another"})
    found = panko.wait_condition("DBReady", status="False", saying="in Secret later")
    assert "Pa55-of-another" not in found["message"]
    area.secret("later", login)
    panko.wait_ready(seconds=150)


def test_a_database_host_that_does_not_exist_is_named_and_mending_it_is_enough(area: Area) -> None:
    panko = area.panko(spec={"database": {"host": "nowhere.openstack.svc.cluster.local"}})
    panko.wait_condition("DBReady", status="False", saying="nowhere.openstack.svc.cluster.local")
    right = resource.manifest("panko", area.namespace)["spec"]["database"]["host"]
    panko.patch({"database": {"host": right}})
    panko.wait_ready(seconds=150)


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ("this is no INI\n", "line 1"),
        ("[database]\nconnection = mysql+pymysql://elsewhere/x\n", "connection"),
        ("[api]\nmax_api_return_limit = lots\n", "line 2: [api] max_api_return_limit has to be a whole number"),
    ],
    ids=["unparsable", "owned by the operator", "of the wrong type"],
)
def test_unusable_config_is_refused_with_its_line_and_the_old_pods_stay(
    area: Area, shared: Panko, config: str, says: str
) -> None:
    before = {pod["metadata"]["name"] for pod in shared.pods("api")}
    good = shared.live()["spec"].get("customServiceConfig", "")
    shared.patch({"customServiceConfig": config})
    try:
        until(lambda: says in _false(shared), f"a condition that says {says}", seconds=60, explain=shared.told)
        assert {pod["metadata"]["name"] for pod in shared.pods("api")} == before
    finally:
        shared.patch({"customServiceConfig": good})
    shared.wait_ready()
    assert {pod["metadata"]["name"] for pod in shared.pods("api")} == before


def _false(panko: Panko) -> str:
    conditions = panko.live()["status"]["conditions"]
    return " ".join(one["message"] for one in conditions if one["status"] == "False")


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"replicas": 65}, "replicas"),
    ({"retention": {"timeToLive": "0"}}, "acknowledgeUnbounded"),
    ({"retention": {"timeToLive": "10m"}}, "timeToLive"),
    ({"database": {"engine": "oracle"}}, "engine"),
    ({"database": {"accountSecretRef": {"name": "mine"}}}, "accountSecretRef"),
    ({"database": {"adminSecretRef": None}}, "adminSecretRef"),
    ({"keystone": {"authURL": "keystone:5000"}}, "authURL"),
    ({"service": {"port": 0}}, "port"),
    ({"publishers": [{"name": "a"}, {"name": "a"}]}, "publishers"),
]


@pytest.mark.parametrize(("change", "names"), REFUSALS, ids=[str(change) for change, _ in REFUSALS])
def test_the_api_server_refuses_an_invalid_panko_and_names_the_field(
    shared: Panko, change: dict[str, Any], names: str
) -> None:
    with pytest.raises(CommandError) as refused:
        shared.cluster.apply(resource.manifest("never", shared.namespace, change))
    assert names in refused.value.output


@pytest.mark.parametrize(
    ("change", "names"),
    [({"database": {"engine": "postgresql"}}, "engine"), ({"keystone": {"region": "Elsewhere"}}, "region")],
    ids=["engine", "region"],
)
def test_what_cannot_change_is_refused(shared: Panko, change: dict[str, Any], names: str) -> None:
    with pytest.raises(CommandError) as refused:
        shared.patch(change)
    assert names in refused.value.output
    assert "immutable" in refused.value.output or "cannot" in refused.value.output
