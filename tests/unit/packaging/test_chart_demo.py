"""The demonstration that the chart can load: a Job in the Panko's namespace, with a publisher's account."""

import os
import subprocess

import pytest

from panko_client.demo import command
from rendering import chart, programs

KEYS = {"uri": "https://panko.cloud.svc:8777/v2/events", "username": "ceilometer", "password": "a $b 'c'"}


def job(objects):
    found = [one for one in objects if one["kind"] == "Job"]
    assert len(found) <= 1
    return found[0] if found else None


def test_nothing_is_invented_unless_it_is_asked_for(default_release):
    assert job(default_release) is None


def test_the_job_is_where_the_panko_is_and_goes_with_the_release(render):
    made = job(render(demo={"enabled": True}))
    assert made["metadata"]["namespace"] == "openstack"
    assert not chart.is_hook(made)
    assert job(render(demo={"enabled": True}, watchNamespaces=["cloud"]))["metadata"]["namespace"] == "cloud"
    assert job(render(demo={"enabled": True, "panko": "a/events"}))["metadata"]["namespace"] == "a"


def test_the_pod_meets_the_restricted_standard_and_may_ask_the_api_server_nothing(render):
    pod = job(render(demo={"enabled": True}))["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    (container,) = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_it_waits_for_the_account_that_the_operator_makes(render):
    pod = job(render(demo={"enabled": True, "panko": "cloud/events", "publisher": "trial"}))["spec"]["template"]["spec"]
    account, authority = (one["secret"] for one in pod["volumes"][0]["projected"]["sources"])
    assert account["name"] == authority["name"] == "events-binding-trial"
    assert {one["key"] for one in account["items"]} == set(KEYS)
    assert not account.get("optional")
    assert authority["optional"] is True


def test_it_is_never_tried_twice_and_another_week_is_another_job(render):
    first = job(render(demo={"enabled": True}))
    assert first["spec"]["backoffLimit"] == 0
    names = {
        job(render(demo={"enabled": True} | other, panko={"image": image}))["metadata"]["name"]
        for other in ({}, {"seed": 2}, {"publisher": "trial"})
        for image in ("", "registry.example/panko:2")
    }
    assert len(names) == 6
    assert all(len(name) <= 63 for name in names)
    assert first["metadata"]["name"] in names
    pulled = job(render(demo={"enabled": True}, image={"pullPolicy": "Always"}))["metadata"]["name"]
    assert pulled not in names  # what a Job does cannot be changed


def test_the_image_is_that_of_the_pankos_unless_it_is_named(render):
    def image(**values):
        return job(render(**values))["spec"]["template"]["spec"]["containers"][0]["image"]

    assert image(demo={"enabled": True}).startswith("panko:")
    assert image(demo={"enabled": True}, panko={"image": "example/panko:1"}) == "example/panko:1"
    assert image(demo={"enabled": True, "image": "example/demo:1"}, panko={"image": "p:1"}) == "example/demo:1"


def test_its_pods_are_none_of_the_operators(render):
    made = render(demo={"enabled": True})
    (operator,) = (one for one in made if one["kind"] == "Deployment")
    wanted = operator["spec"]["selector"]["matchLabels"]
    assert not wanted.items() <= job(made)["spec"]["template"]["metadata"]["labels"].items()


@pytest.mark.parametrize(
    "values", [{"panko": "panko"}, {"panko": "a/b/c"}, {"publisher": ""}, {"seed": "one"}, {"seeds": 1}]
)
def test_what_cannot_be_is_refused(render, values):
    with pytest.raises(subprocess.CalledProcessError) as refused:
        render(demo={"enabled": True} | values)
    assert next(iter(values)) in "".join(refused.value.__notes__)


def run_script(folder, secret, *, ended=0):
    """Run the Job's script with a program that says how it was called, and ends so."""
    binding, bin_ = folder / "binding", folder / "bin"
    binding.mkdir()
    bin_.mkdir()
    for name, value in secret.items():
        (binding / name).write_text(value)
    program = bin_ / "panko-demo"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@"\nenv | grep ^OS_\nexit {ended}\n')
    program.chmod(0o755)
    return subprocess.run(
        ["sh", "-c", (chart.PATH / "files" / "demo.sh").read_text()],
        env={"PATH": f"{bin_}:{os.environ['PATH']}", "BINDING": str(binding), "SEED": "7"},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.mark.parametrize(("ended", "told"), [(0, 0), (command.STORED_BEFORE, 0), (command.STOPPED, 1), (137, 137)])
def test_a_week_that_the_release_before_has_stored_is_no_failure(tmp_path, ended, told):
    assert run_script(tmp_path, KEYS, ended=ended).returncode == told


@pytest.mark.parametrize("authority", [None, "", "PEM"])
def test_the_program_logs_in_with_what_the_secret_holds(tmp_path, authority):
    ran = run_script(tmp_path, KEYS | ({} if authority is None else {"ca.crt": authority}))
    assert ran.returncode == 0
    said, binding = ran.stdout.splitlines(), tmp_path / "binding"
    assert said[:5] == ["--load", "--seed", "7", "--patience", "3600"]
    assert dict(line.split("=", 1) for line in said[5:]) == {
        "OS_AUTH_TYPE": "http_basic",
        "OS_USERNAME": "ceilometer",
        "OS_PASSWORD": KEYS["password"],
        "OS_ENDPOINT": "https://panko.cloud.svc:8777",
    } | ({"OS_CACERT": f"{binding}/ca.crt"} if authority else {})


def test_the_image_of_pankos_has_the_program():
    text = (programs.REPOSITORY / "Dockerfile").read_text()
    _, _, stage = text.partition(" AS service-build\n")
    assert "/src/client" in stage.partition("\nFROM ")[0]
