"""`kubectl panko` as a program: what it hands on to kubectl, asks, prints and ends with. kubectl is a script here."""

import base64
import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
import zipfile

import pytest
import yaml

from panko_client.kubectl import names
from panko_client.kubectl.checking.rights import NEEDED
from panko_client.kubectl.program import program
from rendering import kubectl_plugin, version
from rendering.programs import REPOSITORY

PANKO = {
    "metadata": {
        "name": "panko",
        "namespace": "openstack",
        "generation": 1,
        "creationTimestamp": "2030-01-01T00:00:00Z",
    },
    "spec": {"service": {"port": 8777}, "retention": {"timeToLive": "720h"}},
    "status": {
        "observedGeneration": 1,
        "conditions": [
            {"type": "Ready", "status": "False", "reason": "DatabaseUnreachable", "message": "It is away."},
            {"type": "DBReady", "status": "False", "reason": "DatabaseUnreachable", "message": "It is away."},
        ],
    },
}  # fmt: skip
LONGEST_NAME, LONGEST_LABEL = 44, 63  # of a Panko; of a label, which a Job's name is on its pods
SCRIPT = """#!{python}
import json, pathlib, sys
place = pathlib.Path(__file__).parent
with (place / "asked").open("a") as log:
    log.write(json.dumps(sys.argv[1:]) + chr(10))
answers = json.loads((place / "answers").read_text())
for answer in answers:
    words, out, err, code, *once = answer
    if words in " ".join(sys.argv[1:]):
        if once:
            answers.remove(answer)
            (place / "answers").write_text(json.dumps(answers))
        sys.stderr.write(err)
        sys.stdout.buffer.write(out.encode("utf-8", "surrogateescape"))
        sys.exit(code)
sys.exit(f"nobody has said what to answer to {{sys.argv[1:]}}")
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return kubectl_plugin.write(tmp_path_factory.mktemp("built"))


class Shell:
    """Runs the built file with a kubectl that answers as told."""

    def __init__(self, built, folder):
        self.built, self.folder = built, folder
        script = folder / "kubectl"
        script.write_text(SCRIPT.format(python=sys.executable))
        script.chmod(0o755)
        self.answers = [["get pankos.panko.openstack.org", json.dumps(PANKO), "", 0]]
        self.environment = {"PATH": f"{folder}:/usr/bin:/bin", "HOME": str(folder), "PYTHONUTF8": "1"}

    def answer(self, words, out="", err="", code=0):
        self.answers.insert(0, [words, out if isinstance(out, str) else json.dumps(out), err, code])

    def once(self, words, out):
        """Answer so the first time, and after that as was said before."""
        self.answers.insert(0, [words, json.dumps(out), "", 0, "once"])

    def argv(self, *words):
        (self.folder / "answers").write_text(json.dumps(self.answers))
        return [sys.executable, "-I", "-S", str(self.built), *words]

    def run(self, *words, seconds=60, **environment):
        """Run it where there is nobody to ask; -I and -S: with nothing but the standard library."""
        return subprocess.run(
            self.argv(*words),
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )

    def at_a_terminal(self, *words, **environment):
        """Return what is shown at a terminal."""
        ours, theirs = pty.openpty()
        environment = self.environment | environment
        with subprocess.Popen(self.argv(*words), env=environment, stdin=subprocess.DEVNULL, stdout=theirs) as process:
            os.close(theirs)
            shown = b""
            with contextlib.suppress(OSError):  # the end of a terminal is an error
                while piece := os.read(ours, 65536):
                    shown += piece
            process.wait(timeout=60)
        os.close(ours)
        return shown.decode()

    def answered(self, *words, typed):
        """Run it at a terminal where somebody types; return the exit code."""
        ours, theirs = pty.openpty()
        try:
            with subprocess.Popen(
                self.argv(*words), env=self.environment, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            ) as process:
                os.write(ours, typed.encode())
                process.communicate(timeout=60)
                return process.returncode
        finally:
            os.close(ours)
            os.close(theirs)

    @property
    def asked(self):
        log = self.folder / "asked"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


@pytest.fixture
def shell(built, tmp_path):
    return Shell(built, tmp_path)


# The file


def test_the_same_sources_make_the_same_file(built, tmp_path):
    again = kubectl_plugin.write(tmp_path)
    assert again.read_bytes() == built.read_bytes()
    with zipfile.ZipFile(again) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert os.access(again, os.X_OK)
    assert (tmp_path / "kubectl_complete-panko").read_text().endswith('exec kubectl-panko __complete "$@"\n')


def test_nothing_is_inside_but_the_plug_in_and_click_with_its_licence(built):
    with zipfile.ZipFile(built) as archive:
        names = archive.namelist()
    assert names == sorted(names)
    assert {name.partition("/")[0] for name in names if ".dist-info" not in name} == {
        "__main__.py",
        "LICENSE",
        "click",
        "panko_client",
    }
    assert {name.split("/")[1] for name in names if name.startswith("panko_client/")} == {"__init__.py", "kubectl"}
    assert any(".dist-info/licenses/" in name for name in names)


def test_it_runs_where_nothing_is_installed_and_says_its_version(shell):
    shell.answer("version", "Client Version: v1.37.1\n")
    done = shell.run("version")
    assert done.stdout == f"kubectl-panko {version.current()}\nClient Version: v1.37.1\n"


def test_a_python_without_click_is_told_what_to_install():
    client = REPOSITORY / "client"
    program = f"import sys; sys.path.insert(0, {str(client)!r}); from panko_client.kubectl.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert done.stderr == "kubectl-panko: click is not installed; run pip install 'panko-client[kubectl]'.\n"


def test_a_machine_without_kubectl_is_told_what_to_do(shell):
    done = shell.run("status", PATH="/nowhere")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "kubectl-panko: There is no kubectl on the PATH; install it, or name it by KUBECTL.\n"
    assert "cannot be run" in shell.run("status", KUBECTL="/nowhere/kubectl").stderr


# What is handed on


def test_options_of_kubectl_come_first_wherever_they_were_given(shell):
    shell.answer("pods,cronjobs", {"items": []})
    groups = ("--as-group", "one", "--as-group", "two")
    done = shell.run("-n", "a", "--context", "c", "status", "panko", "--namespace=b", "--as", "root", *groups)
    assert done.returncode == 1  # not Ready
    handed_on = ["--namespace=b", "--context=c", "--as=root", "--as-group=one", "--as-group=two"]
    assert all(words[:5] == handed_on for words in shell.asked)


def test_what_kubectl_says_is_told_and_ends_with_1(shell):
    shell.answer("get pankos", err="error: exec: executable kubelogin not found\nsecond\n", code=1)
    done = shell.run("status", "panko")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "kubectl-panko: error: exec: executable kubelogin not found second\n"


def test_a_cluster_without_the_kind_is_told_so(shell):
    shell.answer("get pankos", err='error: the server doesn\'t have a resource type "pankos"\n', code=1)
    assert "install the operator" in shell.run("status").stderr


# Asking


@pytest.mark.parametrize(
    "words", [("rotate",), ("suspend",), ("restart",), ("expire",)], ids=lambda words: words[0]
)  # fmt: skip
def test_nobody_who_could_be_asked_is_wrong_usage_and_changes_nothing(shell, words):
    shell.answer("get events", {"items": []})
    shell.answer("get deployments", {"metadata": {}})
    shell.answer("get cronjobs", {"metadata": {}})
    done = shell.run(*words, "panko")
    assert done.returncode == 2
    assert "add --yes" in done.stderr
    assert all("get" in asked[0] for asked in shell.asked)
    shown = shell.run(*words, "panko", "--dry-run", "--namespace", "x")
    assert shown.returncode == 0
    assert shown.stdout.startswith("kubectl --namespace=x ")
    assert all("get" in asked[:2] for asked in shell.asked)


def test_a_person_agrees_or_does_not(shell):
    shell.answer("patch", "patched")
    assert shell.answered("suspend", "panko", typed="n\n") == 1
    assert not any(asked[0] == "patch" for asked in shell.asked)
    assert shell.answered("suspend", "panko", typed="y\n") == 0
    assert any(asked[0] == "patch" for asked in shell.asked)


@pytest.mark.parametrize(
    "words",
    [
        ("status", "a", "-A"),
        ("status", "a", "-w", "--wait", "1s"),
        ("plan", "a", "--keep", "--apply"),
        ("rotate", "a", "all", "--wait", "soon"),
    ],
)
def test_wrong_usage_ends_with_2_and_asks_nothing(shell, words):
    done = shell.run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert shell.asked == []


def planned(**metadata):
    """Return the Panko with a plan of no changes."""
    status = {**PANKO["status"], "planned": {"observedGeneration": 1, "changes": 0}}
    return {**PANKO, "metadata": PANKO["metadata"] | metadata, "status": status}


def test_the_operator_is_stopped_by_a_plan_only_when_somebody_agrees(shell):
    shell.answer("annotate", "annotated")
    refused = shell.run("plan", "panko", "--keep")
    assert refused.returncode == 2
    assert "add --yes" in refused.stderr
    assert shell.answered("plan", "panko", "--keep", typed="n\n") == 1
    assert all(asked[0] == "get" for asked in shell.asked)
    shell.answer("get pankos", planned())
    for _ in range(3):
        shell.once("get pankos", PANKO)
    assert shell.run("plan", "panko", "--keep", "--yes").returncode == 0
    assert [asked[3] for asked in shell.asked if asked[0] == "annotate"] == [f"{names.PLAN}=true"]


def test_a_plan_that_is_there_already_is_kept_without_a_question(shell):
    shell.answer("get pankos", planned(annotations={names.PLAN: "true"}))
    assert shell.run("plan", "panko", "--keep").returncode == 0
    assert all(asked[0] == "get" for asked in shell.asked)


def test_applying_what_nobody_holds_back_is_refused_with_what_to_do(shell):
    shell.answer("annotate", "annotated")
    shell.answer("get pankos", planned())
    refused = shell.run("plan", "panko", "--apply", "--yes")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "run `kubectl panko plan panko --keep` first" in refused.stderr
    assert all(asked[0] == "get" for asked in shell.asked)


def test_a_plan_that_is_told_to_end_takes_its_annotation_away(shell):
    shell.answer("annotate", "annotated")
    words = shell.argv("plan", "panko")
    with subprocess.Popen(words, env=shell.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        until(lambda: sum(asked[0] == "get" for asked in shell.asked) > 3)  # it waits for the operator
        process.terminate()
        assert process.wait(timeout=30) == 143
    written = [asked[3] for asked in shell.asked if asked[0] == "annotate"]
    assert written == [f"{names.PLAN}=true", f"{names.PLAN}-"]


def test_a_watch_shows_what_changes_until_it_is_interrupted(shell):
    shell.answer("pods,cronjobs", {"items": []})
    # Whoever starts the tests in the background may have them ignore SIGINT, and so all that they start.
    words = ("env", "--default-signal=INT", *shell.argv("status", "panko", "--watch"))
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, env=shell.environment, **streams) as process:
        try:
            until(lambda: len(shell.asked) >= 4)
            process.send_signal(signal.SIGINT)
            shown = process.communicate(timeout=30)[0]
        finally:
            process.kill()
    assert shown.count("Panko openstack/panko: It is away.") == 1
    assert process.returncode == 1  # not Ready


def until(met):
    deadline = time.monotonic() + 30
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.05)


GOING = {**PANKO, "metadata": PANKO["metadata"] | {"deletionTimestamp": "2030-01-01T00:00:00Z"}}


@pytest.mark.parametrize("words", [("rotate",), ("plan",), ("plan", "--keep")], ids=" ".join)
def test_nothing_is_asked_of_a_panko_that_is_being_deleted(shell, words):
    shell.answer("get events", {"items": []})
    shell.answer("annotate", "annotated")
    shell.answer("get pankos", GOING)
    done = shell.run(*words, "panko", "--yes", "--wait", "2")
    assert done.returncode == 1
    assert "is being deleted" in done.stderr
    assert all(asked[0] == "get" for asked in shell.asked)


def test_who_may_not_list_events_may_ask_for_a_rotation(shell):
    shell.answer("get events", "", "Error from server (Forbidden): events is forbidden\n", 1)
    shell.answer("annotate", "annotated")
    assert shell.run("rotate", "panko", "--yes").returncode == 0
    assert shell.run("rotate", "panko", "--yes", "--wait", "2").returncode == 1


def test_a_panko_that_is_let_go_is_told_of(shell):
    shell.answer("annotate", "annotated")
    shell.answer("get pankos", GOING)
    done = shell.run("release", "panko", "--yes")
    assert done.returncode == 0
    assert "tells whether it is gone" in done.stderr


# What is printed


@pytest.mark.parametrize(("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colours_are_for_terminals_and_not_for_who_wants_none(shell, environment, coloured):
    shell.answer("pods,cronjobs", {"items": []})
    plain = shell.run("status", "panko").stdout
    assert "✕ DBReady " in plain
    assert "\x1b[" not in plain
    assert ("\x1b[31m✕" in shell.at_a_terminal("status", "panko", **environment)) is coloured


def test_logs_are_an_object_a_line(shell):
    lines = '[pod/p-1/api] 2030-01-01T00:00:00Z {"severity": "info"}\n[pod/p-1/api] 2030-01-01T00:00:01Z plain é\n'
    shell.answer("logs", lines)
    done = shell.run("logs", "panko", "--component", "haproxy", "--since", "10m")
    assert [json.loads(line).get("message") for line in done.stdout.splitlines()] == [None, "plain é"]
    asked = shell.asked[-1]
    assert f"--selector={names.selector('panko')},{names.COMPONENT}=haproxy" in asked
    assert {"--since=10m", "--timestamps", "--prefix"} <= set(asked)


@pytest.mark.parametrize("component", names.COMPONENTS)
def test_every_component_has_logs_and_another_is_wrong_usage(shell, component):
    shell.answer("logs", "")
    assert shell.run("logs", "panko", "--component", component).returncode == 0
    assert f"{names.COMPONENT}={component}" in shell.asked[-1][1]
    assert shell.run("logs", "panko", "--component", f"{component}s").returncode == 2


def test_a_collector_is_restarted_and_one_that_nobody_wants_is_told_so(shell):
    shell.answer("get deployments", "")
    missing = shell.run("restart", "panko", "--component", "collector", "--yes")
    assert missing.returncode == 1
    assert "spec.collector of panko asks for none" in missing.stderr
    assert "status panko` says why" in shell.run("restart", "panko", "--yes").stderr
    shell.answer("get deployments", {"metadata": {}})
    shell.answer("rollout restart", "restarted")
    assert shell.run("restart", "panko", "--component", "collector", "--yes").returncode == 0
    assert shell.asked[-1][:3] == ["rollout", "restart", "deployment/panko-collector"]


def test_logs_that_cannot_be_read_end_with_1(shell):
    shell.answer("logs", "", "Error from server (Forbidden): pods is forbidden\n", 1)
    done = shell.run("logs", "panko")
    assert done.returncode == 1
    assert "Forbidden" in done.stderr


@pytest.mark.parametrize("command", ["logs", "open"])
def test_any_number_of_warnings_is_told_and_stops_nothing(shell, command):
    warning = "Warning: \x1b[2Jsomething is about to be another thing\n"
    shell.answer("logs", "[pod/p-1/api] 2030-01-01T00:00:00Z plain\n", warning * 5000)
    shell.answer("port-forward", "Forwarding from 127.0.0.1:43210 -> 8777\n", warning * 5000)
    done = shell.run(command, "panko", seconds=30)
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 1)
    assert done.stderr.count("Warning: �[2Jsomething is about") == 5000


def test_what_is_said_meanwhile_is_told_at_once(shell):
    script = shell.folder / "kubectl"
    script.write_text(
        f"#!{sys.executable}\nimport json, sys, time\n"
        f"if 'get' in sys.argv: print({json.dumps(PANKO)!r}); sys.exit()\n"
        "print('lost connection to pod', file=sys.stderr, flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen(
        shell.argv("open", "panko"), env=shell.environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        began = time.monotonic()
        assert process.stderr.readline() == "lost connection to pod\n"
        process.terminate()
        process.communicate(timeout=30)
    assert time.monotonic() - began < 30
    assert process.returncode == 143


def test_bytes_of_a_log_that_are_no_text_stop_nothing(shell):
    shell.answer("logs", "[pod/p-1/api] 2030-01-01T00:00:00Z a \udcff b\nmore\n")
    done = shell.run("logs", "panko")
    assert done.returncode == 0
    assert [json.loads(line)["message"] for line in done.stdout.splitlines()] == ["a � b", "more"]


@pytest.mark.parametrize(
    ("explorer", "path"), [(None, "explore/"), ({"enabled": True}, "explore/"), ({"enabled": False}, "")]
)
def test_open_prints_the_url_on_this_machine(shell, explorer, path):
    """The page's: browsers keep a session that is not encrypted for `localhost`, and for no address."""
    spec = PANKO["spec"] if explorer is None else {**PANKO["spec"], "explorer": explorer}
    shell.answer("get pankos", {**PANKO, "spec": spec})
    shell.answer("port-forward", "Forwarding from 127.0.0.1:43210 -> 8777\nHandling connection for 43210\n")
    done = shell.run("open", "panko", "--no-browser")
    assert (done.returncode, done.stdout) == (0, f"http://localhost:43210/{path}\n")
    assert shell.asked[-1] == ["port-forward", "service/panko", ":8777", "--address=127.0.0.1"]


def test_open_that_forwards_nothing_ends_with_1(shell):
    shell.answer("port-forward", "", "error: unable to forward port because pod is not running\n", 1)
    done = shell.run("open", "panko")
    assert (done.returncode, done.stdout) == (1, "")


@pytest.mark.parametrize(("kind", "code"), [("Complete", 0), ("Failed", 1)])
def test_an_expiry_that_is_waited_for_ends_as_its_job_and_prints_what_it_said(shell, kind, code):
    shell.answer("get cronjobs", {"metadata": {}})
    shell.answer("create job", "job.batch/x created")
    condition = {"type": kind, "status": "True", "reason": "BackoffLimitExceeded"}
    shell.answer("get jobs", {"status": {"conditions": [condition]}})
    shell.answer("logs", "12 events were deleted\n")
    done = shell.run("expire", "panko", "--yes", "--wait", "5")
    assert done.returncode == code
    name, said = done.stdout.splitlines()
    assert name.startswith("panko-expirer-")
    assert len(name) - len("panko") + LONGEST_NAME <= LONGEST_LABEL
    assert said == "12 events were deleted"


def test_events_that_are_kept_for_ever_are_not_expired(shell):
    shell.answer("get cronjobs", "")
    done = shell.run("expire", "panko", "--yes")
    assert done.returncode == 1
    assert "There is no CronJob panko-expirer" in done.stderr


def lease(renewed):
    return {"spec": {"holderIdentity": "operator-1_x", "renewTime": renewed, "leaseDurationSeconds": 2}}


def test_an_operator_whose_clock_is_another_acts_all_the_same(shell):
    shell.answer("--raw", {"versions": [{"version": "v1beta1"}]})
    container = {"image": "panko-operator:1"}
    spec = {"replicas": 1, "template": {"spec": {"containers": [container]}}}
    metadata = {"namespace": "panko-system", "name": "panko-operator"}
    live = {"metadata": metadata, "spec": spec, "status": {"readyReplicas": 1}}
    shell.answer("get deployments", {"items": [live]})
    shell.answer("create", "".join(json.dumps({"status": {"allowed": True}}) for _ in NEEDED))
    shell.answer("get leases", lease("2020-01-01T00:00:00.000000Z"))
    still = shell.run("check", "--namespace", "x")
    assert still.returncode == 1
    assert "✕ No operator acts: operator-1 renewed the Lease last" in still.stdout
    shell.once("get leases", lease("2020-01-01T00:00:02.000000Z"))
    assert shell.run("check", "--namespace", "x").stdout.splitlines()[2] == "✓ operator-1 acts."


# The report

ADMIN = "the-clouds-own-admin"  # a Secret of the operator's namespace holds it, and no other


@pytest.fixture
def reporting(shell):
    """A cluster with an operator that says too much."""
    secret = {"metadata": {"name": "admin"}, "data": {"token": base64.b64encode(ADMIN.encode()).decode()}}
    operator = {"metadata": {"name": "panko-operator", "namespace": "panko-system", "annotations": {"note": ADMIN}}}
    shell.answer("get", {"items": []})
    shell.answer("get pankos", PANKO)
    shell.answer("get deployments.apps --all-namespaces", {"items": [operator]})
    shell.answer("get deployments.apps --namespace=panko-system", {"items": [operator]})
    shell.answer("get secrets --namespace=panko-system", {"items": [secret]})
    shell.answer("version", "Client Version: v1.37.1\n")
    shell.answer("logs", "the API says nothing\n")
    shell.answer("logs --namespace=panko-system", f"the operator logs in with {ADMIN}\n")
    return shell


def reported(shell, *words):
    path = shell.folder / "report.zip"
    answer = shell.run("report", "panko", "-o", str(path), *words)
    assert answer.returncode == 0, answer
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()} | {"stderr": answer.stderr}


@pytest.mark.parametrize("words", [("--logs",), ("--logs", "--operator-namespace", "panko-system")])
def test_what_the_operators_secrets_hold_is_taken_out_of_a_report(reporting, words):
    found = reported(reporting, *words)
    assert not [name for name, text in found.items() if ADMIN in text]
    assert found["logs/operator.log"] == "the operator logs in with [taken out]\n"
    assert "panko-operator" in found["operator/deployments.json"]
    for said in (found["README.txt"], found["stderr"]):
        assert "What the Secrets of openstack hold was looked for and taken out." in said
        assert "What the Secrets of panko-system hold was looked for and taken out." in said


def test_who_may_not_list_the_operators_secrets_gets_no_log_of_it_and_is_told_so(reporting):
    reporting.answer("get secrets --namespace=panko-system", "", "Error from server (Forbidden): secrets\n", 1)
    found = reported(reporting, "--logs")
    assert "logs/operator.log" not in found
    assert "panko-system" in found["logs/operator.log.missing.txt"]
    assert found["logs/pods.log"] == "the API says nothing\n"
    for said in (found["README.txt"], found["stderr"]):
        assert "You may not list the Secrets of panko-system" in said
        assert "the operator's log is left out" in said
    assert all("--namespace=panko-system" not in asked for asked in reporting.asked if asked[0] == "logs")


def test_an_operator_that_is_not_found_is_told_and_nothing_of_others_is_taken_along(reporting):
    reporting.answer("get deployments.apps --all-namespaces", "", "Error from server (Forbidden): deployments\n", 1)
    found = reported(reporting, "--logs")
    assert "--operator-namespace" in found["operator.missing.txt"]
    assert not [name for name in found if name.startswith("operator/")]
    assert all(asked[1] != "pods" for asked in reporting.asked if "--all-namespaces" in asked)


# What goes with it


def test_the_role_that_is_given_out_is_what_the_commands_say_they_need():
    first, _ = yaml.safe_load_all((REPOSITORY / "deploy/kubectl/role.yaml").read_text())
    given = {
        (verb, group, resource)
        for rule in first["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
    needed = {(right.verb, right.group, right.resource) for right in NEEDED}
    assert given == needed


def test_the_manifest_for_krew_names_what_is_built():
    manifest = yaml.safe_load((REPOSITORY / "deploy/krew/panko.yaml").read_text())
    assert f"kubectl-{manifest['metadata']['name']}" == kubectl_plugin.NAME
    (platform,) = manifest["spec"]["platforms"]
    assert platform["bin"] == kubectl_plugin.NAME
    assert manifest["spec"]["version"] == f"v{version.semantic(version.current())}"
    assert f"/{manifest['spec']['version']}/" in platform["uri"]
    assert len(manifest["spec"]["shortDescription"]) <= 50


def test_every_command_and_option_is_documented():
    page = (REPOSITORY / "docs" / "kubectl.md").read_text()
    for name, command in program.commands.items():
        if command.hidden:
            continue
        assert f"`{name}" in page, name
        passed = {one.name for one in program.params}
        for parameter in command.params:
            flag = max(parameter.opts, key=len)
            if parameter.name not in passed and flag.startswith("--"):
                assert f"`{flag}" in page, f"{name} {flag}"


PAGES = [
    *REPOSITORY.glob("*.md"),
    *(REPOSITORY / "docs").glob("*.md"),
    *(REPOSITORY / "charts/panko-operator/templates").glob("*.txt"),
    *(REPOSITORY / "client/panko_client/kubectl").rglob("*.py"),
]
# In backquotes, in quotes, or at the beginning of a line of a console.
NAMED = re.compile(r"""(?:`|"|^ *(?:\$ )?)kubectl panko ([a-z]+)([^`\n|#]*)""", re.MULTILINE)


def test_every_command_and_option_that_is_named_anywhere_exists():
    found = [(path.name, *match.groups()) for path in PAGES for match in NAMED.finditer(path.read_text())]
    assert len(found) > 30
    passed = {flag for parameter in program.params for flag in parameter.opts}
    for page, name, rest in found:
        assert name in program.commands, page
        own = program.commands[name].params
        known = {flag for parameter in own for flag in (*parameter.opts, *parameter.secondary_opts)}
        assert {word for word in rest.split() if word.startswith("-")} <= known | passed, (page, name)
