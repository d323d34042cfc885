"""Every sample that the product gives out, applied until it is Ready. Only addresses and sizes are this cluster's."""

import base64
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster.paths import REPOSITORY
from e2e.area import Area
from e2e.certificates import Certificates
from live import openstack
from live.cluster import Cluster, Manifest
from live.installation import Installation
from live.openstack import OpenStack
from live.resource import Panko, merged

SAMPLES = sorted((REPOSITORY / "deploy/manifests/samples").glob("*.yaml"))
SERVERS = {"mysql": "mariadb", "postgresql": "postgresql"}
SMALL = {"requests": {"cpu": "20m", "memory": "128Mi"}, "limits": {"cpu": "2", "memory": "1Gi"}}
ZONE = "topology.kubernetes.io/zone"
READY_SECONDS = 300


@pytest.fixture(scope="module")
def zone(cluster: Cluster) -> Iterator[None]:
    """A zone for every node: `ha` spreads its pods over zones."""
    without = [node for node in cluster.items("nodes", "") if ZONE not in node["metadata"].get("labels", {})]
    names = [node["metadata"]["name"] for node in without]
    for name in names:
        cluster.kubectl("label", "node", name, f"{ZONE}=here")
    yield
    for name in names:
        cluster.kubectl("label", "node", name, f"{ZONE}-")


@pytest.fixture(scope="module")
def applied(
    operator: Installation,
    openstack: OpenStack,
    session_id: str,
    zone: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, tuple[Area, Panko]]]:
    """All samples at once, each in a namespace of its own."""
    with ExitStack() as stack:
        pankos = {}
        for file in SAMPLES:
            area = stack.enter_context(Area(openstack, f"{session_id}-{secrets.token_hex(2)}"))
            pankos[file.stem] = (
                area,
                _apply(area, yaml.safe_load(file.read_text()), tmp_path_factory.mktemp(file.stem)),
            )
        yield pankos


@pytest.mark.parametrize("name", [file.stem for file in SAMPLES])
def test_sample_gets_ready_and_serves_events(applied: Mapping[str, tuple[Area, Panko]], name: str) -> None:
    area, panko = applied[name]
    panko.wait_ready(seconds=READY_SECONDS)
    for publisher in panko.live()["spec"].get("publishers", [])[:1]:
        url = panko.publisher_url(publisher.get("passwordSecretRef", {}).get("name", ""))
        assert "21 of 21 events published" in area.admin.publish(url, "--recent")


def _apply(area: Area, sample: Manifest, folder: Path) -> Panko:
    """Apply a sample with the Secrets that it names."""
    spec = sample["spec"]
    engine = spec["database"].get("engine", "mysql")
    here: dict[str, Any] = {
        "database": {"host": f"{SERVERS[engine]}.{openstack.DOMAIN}"},
        "keystone": {"authURL": openstack.KEYSTONE_URL, "region": area.namespace},
        "api": {"resources": SMALL},
    }
    if "memcached" in spec:
        here["memcached"] = {"servers": [f"memcached.{openstack.DOMAIN}:11211"]}
    _give_database(area, spec["database"], SERVERS[engine])
    for publisher in spec.get("publishers", []):
        if "passwordSecretRef" in publisher:
            area.secret(publisher["passwordSecretRef"]["name"], {"password": secrets.token_urlsafe(16)})
    name = sample["metadata"]["name"]
    if "tls" in spec:
        Certificates(area, folder, f"{name}.{area.namespace}.svc.cluster.local").give(spec["tls"]["secretName"])
    area.cluster.apply({**sample, "metadata": {"name": name, "namespace": area.namespace}, "spec": merged(spec, here)})
    return Panko(area.cluster, name, area.namespace)


def _give_database(area: Area, database: Manifest, server: str) -> None:
    """Make the Secret of the server's administrator, or the database and its account with their Secret."""
    name = database.get("name")
    if name is not None:  # an earlier run's
        area.sql(f"DROP DATABASE IF EXISTS {name}")
    if "accountSecretRef" in database:
        account, password = f"{area.namespace}-sample", secrets.token_urlsafe(12)
        area.sql(f"CREATE DATABASE {name}; CREATE USER '{account}'@'%' IDENTIFIED BY '{password}'")
        area.sql(f"GRANT ALL ON {name}.* TO '{account}'@'%'")
        area.secret(database["accountSecretRef"]["name"], {"username": account, "password": password})
        return
    reference = database["adminSecretRef"]
    live = area.cluster.get("secret", f"{server}-root", area.namespace) or {}
    login = {key: base64.b64decode(live["data"][key]).decode() for key in ("username", "password")}
    keys = (reference.get("usernameKey", "username"), reference.get("passwordKey", "password"))
    area.secret(reference["name"], dict(zip(keys, login.values(), strict=True)))
