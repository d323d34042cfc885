"""`kubectl panko` on a real cluster: what people type on call, and what they are told."""

import base64
import json
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from canaries import forms
from live.cluster import Cluster
from live.openstack import OpenStack
from live.plugin import Plugin
from live.resource import PUBLISHER, Panko

ROTATION_SECONDS = LEFT_SECONDS = 300


@pytest.fixture(scope="module")
def plugin(shared: Panko, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Plugin:
    folder = tmp_path_factory.mktemp("bin")
    return Plugin(folder, Path(cluster.kubectl_program), kubeconfig=cluster.kubeconfig, namespace=shared.namespace)


@pytest.fixture(scope="module")
def short(shared: Panko) -> Iterator[None]:
    """Logins of before are kept for seconds, and none is left for the tests that follow."""
    shared.patch({"rotation": {"retainPrevious": "10s"}})
    yield
    shared.wait_condition("CredentialsCurrent", status="True", saying="none of before is left", seconds=LEFT_SECONDS)
    shared.patch({"rotation": {"retainPrevious": "15m"}})
    shared.wait_ready()


def test_a_login_is_renewed_and_waited_for(shared: Panko, plugin: Plugin, short: None) -> None:
    before = {one["role"]: one["account"] for one in shared.live()["status"]["credentials"]}
    pods = shared.names("api")
    answer = plugin("rotate", shared.name, "keystone", "--yes", "--wait", f"{ROTATION_SECONDS}s")
    assert answer.code == 0, answer
    role, account = answer.out.split()
    assert role == "keystone"
    assert account != before["keystone"]
    assert pods.isdisjoint(shared.names("api"))


def test_status_and_check_tell_that_all_is_well(shared: Panko, plugin: Plugin) -> None:
    status = plugin("status", shared.name)
    assert status.code == 0, status
    assert "api 2/2 ready" in status.out
    assert f"endpoint     public {shared.url}" in status.out
    check = plugin("check")
    assert check.code == 0, check
    assert "✕" not in check.out


def test_a_panko_as_it_is_wanted_needs_no_change(shared: Panko, plugin: Plugin) -> None:
    shared.wait_condition("CredentialsCurrent", status="True", saying="none of before is left", seconds=LEFT_SECONDS)
    answer = plugin("plan", shared.name, "--detailed-exitcode")
    assert (answer.code, answer.out) == (0, "No change: everything is as it is wanted.\n"), answer
    assert "panko.openstack.org/plan" not in shared.live()["metadata"].get("annotations", {})
    shared.wait_ready()


def test_a_command_that_is_shown_stores_an_event(shared: Panko, plugin: Plugin, openstack: OpenStack) -> None:
    with plugin.opened(shared.name) as url:
        with urllib.request.urlopen(url, timeout=30) as page:
            assert "Log in" in page.read().decode()
        here = f"--connect-to ::{urlsplit(url).netloc}"
        for shape in ("curl", "cloudevents"):
            command = plugin("producer", shared.name, "--for", shape)
            assert command.code == 0, command
            assert shared.secret(f"{shared.name}-binding-{PUBLISHER}")["password"] not in command.out
            for created in (1, 0):
                posted = plugin.shell(command.out.replace("curl -sS", f"curl -sS {here}", 1))
                assert json.loads(posted.out) == {"created": created, "duplicates": 1 - created}, posted
    words = ("event", "list", "--filter", "all_tenants=True", "--limit", "1000")
    listed = openstack.acting(OS_REGION_NAME=shared.namespace).cli(*words)
    assert {"example.hello", "org.example.hello"} <= {event["event_type"] for event in listed}


def test_logs_are_an_object_a_line(shared: Panko, plugin: Plugin) -> None:
    answer = plugin("logs", shared.name, "--tail", "5")
    assert answer.code == 0, answer
    lines = [json.loads(line) for line in answer.out.splitlines()]
    assert {line["pod"] for line in lines} == shared.names("api")
    assert all("time" in line and line["container"] == "api" for line in lines)


def test_a_report_with_logs_holds_no_secret(shared: Panko, plugin: Plugin, cluster: Cluster, tmp_path: Path) -> None:
    path = tmp_path / "report.zip"
    answer = plugin("report", shared.name, "--logs", "--output", str(path))
    assert answer.code == 0, answer
    with zipfile.ZipFile(path) as archive:
        found = {name: archive.read(name).decode() for name in archive.namelist()}
    assert {"panko.json", "logs/pods.log", "logs/operator.log", "operator/lease.json"} <= set(found)
    assert forms.findings(_passwords(cluster, shared.namespace), found.items()) == []


def _passwords(cluster: Cluster, namespace: str) -> dict[str, str]:
    """Return what nobody but its owner may read of the namespace."""
    return {
        f"{secret['metadata']['name']}/{key}": base64.b64decode(value).decode()
        for secret in cluster.items("secrets", namespace)
        for key, value in secret.get("data", {}).items()
        if "password" in key.lower() or key.endswith("Key")
    }
