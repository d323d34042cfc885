"""The report of `kubectl panko` holds what helps, and no secret of the namespace in any spelling."""

import base64
import json
import stat
import zipfile
from urllib.parse import quote

import pytest

from canaries import forms

# Keys of Secrets that hold no secret.
OPEN = {"type", "provider", "host", "port", "uri", "username", "since", "retired", "OS_USERNAME", "OS_PROJECT_NAME"}
OPEN |= {"OS_USER_DOMAIN_NAME", "OS_PROJECT_DOMAIN_NAME", "previous-until", "creating"}
GIVEN = forms.canary("given", "5a7d")
CUSTOM = forms.canary("custom", "90cc")


@pytest.fixture(scope="module")
def leaky(room, plugin, panko):
    """A Panko about which secrets stand where they should not."""
    create = room.operator.create_secret
    create("somebodys", {"password": GIVEN, "key": "0123456789abcdef0123456789abcdef"})
    secret = base64.b64encode(GIVEN.encode()).decode()
    room.edit(customServiceConfig=f"[database]\nslow_query_seconds = 7\n[api]\n# {CUSTOM}\n[oslo_policy]\n")
    room.patch(
        f"/apis/panko.openstack.org/v1beta1/namespaces/{room.namespace}/pankos/panko",
        {
            "metadata": {
                "annotations": {"note": f"it is {GIVEN}, or {secret}", "other": f"mysql://root:{quote(CUSTOM)}@db"}
            }
        },
    )
    event = {
        "metadata": {"name": "leak"},
        "involvedObject": {"kind": "Panko", "name": "panko", "namespace": room.namespace},
        "reason": "Leak",
        "message": f"OS_PASSWORD=the-clouds-own-admin X-Auth-Token: gAAAAABtoken{'x' * 40} {GIVEN}",
        "type": "Normal",
    }
    room.server.request("post", f"/api/v1/namespaces/{room.namespace}/events", body=event)
    assert plugin("status", "panko", "--wait", "60s").code == 0
    return room


def secrets(room):
    """Return every secret that the namespace has, by where it is; an empty policy is none."""
    found = {}
    for live in room.server.request("get", f"/api/v1/namespaces/{room.namespace}/secrets")["items"]:
        for key, value in (live.get("data") or {}).items():
            if key.rpartition("..")[2] not in OPEN:
                found[f"{live['metadata']['name']}/{key}"] = base64.b64decode(value).decode().strip()
    return {place: value for place, value in found.items() if len(value) > len("{}\n")}


def files(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_no_secret_of_the_namespace_is_in_a_report_in_any_spelling(leaky, plugin, tmp_path):
    path = tmp_path / "report.zip"
    answer = plugin("report", "panko", "--output", str(path))
    assert answer.code == 0, answer
    assert answer.out == f"{path}\n"
    found, known = files(path), secrets(leaky)
    assert len(known) > 20
    assert {"somebodys/password", "panko-keys/memcacheSecretKey", "keystone-admin/OS_PASSWORD"} <= set(known)
    assert forms.findings({**known, "custom": CUSTOM}, found.items()) == []
    raw = path.read_bytes()
    assert all(one.encode() not in raw for one in known.values())
    assert "[taken out]" in found["events.json"]


def test_a_report_holds_what_helps(leaky, plugin, tmp_path):
    path = tmp_path / "report.zip"
    assert plugin("report", "panko", "-o", str(path)).code == 0
    found = files(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    panko = json.loads(found["panko.json"])
    assert panko["status"]["conditions"] == leaky.live()["status"]["conditions"]
    assert panko["spec"]["customServiceConfig"].startswith("[database]\nslow_query_seconds = [taken out]\n[api]\n")
    assert "managedFields" not in found["panko.json"]
    kept = {one["metadata"]["name"]: one["keys"] for one in json.loads(found["secrets.json"])}
    assert {"password", "username"} <= set(kept["panko-db-api"])
    assert "somebodys" not in kept  # no child of it
    assert {one["metadata"]["name"] for one in json.loads(found["children/deployments.json"])} == {
        "panko-api",
        "panko-haproxy",
    }
    assert "kubectl-panko 11.0.0" in found["versions.txt"]
    assert json.loads(found["definition.json"])["versions"][0]["name"] == "v1beta1"
    assert f"Panko {leaky.namespace}/panko" in found["README.txt"]


def test_a_file_that_exists_is_not_written_over(leaky, plugin, tmp_path):
    path = tmp_path / "mine.zip"
    path.write_text("mine")
    answer = plugin("report", "panko", "-o", str(path))
    assert answer.code == 1
    assert "name another with --output" in answer.err
    assert path.read_text() == "mine"
