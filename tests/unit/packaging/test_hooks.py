"""What `helm test` and `helm uninstall` run, against a stand-in for the API server and the event API."""

import importlib.util
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from kubernetes import client

from rendering import chart
from servers.authority import Authority
from servers.tls_front import tls_front


class Cloud(ThreadingHTTPServer):
    """Answers for the API server and for every Service of the event API, by path."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.pankos = []
        self.asked = []
        self.events_status = {}
        self.defined = True
        self.holders = []
        self.rights = True

    def add_panko(self, name, *, replicas=2, ready="True", seen=1, port=None, **more):
        ready = {"type": "Ready", "status": ready, "observedGeneration": seen, "reason": "Why", "message": "Do this."}
        self.pankos.append(
            {
                "metadata": {"name": name, "namespace": "cloud", "generation": 1},
                "spec": {"replicas": replicas, "service": {"port": port or self.server_port}, **more},
                "status": {"conditions": [ready]},
            }
        )

    def answer(self, path, headers):
        """Return status and body."""
        self.asked.append(path)
        if path.startswith("/apis/panko.openstack.org/v1beta1/"):
            return (200, {"items": self.pankos}) if self.defined else (404, {})
        if path.startswith(("/apis/apps/v1/", "/apis/coordination.k8s.io/v1/")):
            return self.of_operator(path) if self.rights else (403, {})
        name, _, rest = path.removeprefix("/cloud/").partition("/")
        if rest == "v2/events" and "X-Auth-Token" not in headers:
            return self.events_status.get(name, 401), {}
        return 404, {}

    def of_operator(self, path):
        if path.endswith("/scale"):
            return 200, {"spec": {"replicas": 0}}
        holder = self.holders.pop(0) if len(self.holders) > 1 else self.holders[0]
        return 200, {"spec": {"holderIdentity": holder}}


class Handler(BaseHTTPRequestHandler):
    """Asks its server for each answer."""

    def handle_any(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, answer = self.server.answer(self.path, self.headers)
        text = json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(text))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_PATCH = handle_any  # noqa: N815 -- http.server's names

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def cloud():
    with Cloud() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        client.Configuration.set_default(client.Configuration(host=server.url))
        yield server
        client.Configuration.set_default(None)
        server.shutdown()
        thread.join()


def program(name):
    """Return a program of the chart as a module."""
    spec = importlib.util.spec_from_file_location(name, chart.PATH / "files" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def query(cloud):
    url = "{scheme}://127.0.0.1:{port}/{namespace}/{name}"
    return lambda wanted="", watched="": program("query").main(wanted, watched, url)


@pytest.fixture
def uninstall(cloud):
    return lambda watched="": program("uninstall").main(watched, "-n panko-system panko-operator", "3")


def test_a_panko_that_is_ready_and_asks_for_a_token_passes(cloud, query, capsys):
    cloud.add_panko("panko")
    assert query() == 0
    assert capsys.readouterr().out == f"ok cloud/panko: it is Ready, and {cloud.url}/cloud/panko asks for a token\n"


def test_a_panko_that_speaks_tls_is_asked_so_whoever_signed_its_certificate(cloud, query, capsys, tmp_path):
    with tls_front(cloud.server_port, Authority(tmp_path), tmp_path) as port:
        cloud.add_panko("panko", port=port, tls={"secretName": "web"})
        assert query() == 0
        assert f"https://127.0.0.1:{port}/cloud/panko asks for a token" in capsys.readouterr().out


def test_no_secret_is_read(cloud, query):
    cloud.add_panko("panko")
    query()
    assert not any("secrets" in path for path in cloud.asked)


@pytest.mark.parametrize("status", [200, 404, 500, 503])
def test_one_that_does_not_ask_for_a_token_fails_all_and_is_named(cloud, query, capsys, status):
    cloud.add_panko("panko")
    cloud.add_panko("other")
    cloud.events_status["other"] = status
    assert query() == 1
    printed = capsys.readouterr().out
    assert "FAILED cloud/other" in printed
    assert f"answered {status}" in printed
    assert "ok cloud/panko" in printed


def test_one_that_is_not_ready_fails_with_what_to_do(cloud, query, capsys):
    cloud.add_panko("panko", ready="False")
    assert query() == 1
    printed = capsys.readouterr().out
    assert "FAILED cloud/panko: Why: Do this. `kubectl -n cloud describe panko panko`" in printed


def test_a_spec_that_nobody_has_looked_at_is_not_ready(cloud, query, capsys):
    cloud.add_panko("panko", seen=0)
    assert query() == 1
    assert "has not looked at it" in capsys.readouterr().out


def test_no_panko_at_all_is_a_failure(cloud, query, capsys):
    assert query() == 1
    assert "Apply one" in capsys.readouterr().out


def test_a_hibernating_panko_is_not_asked(cloud, query, capsys):
    cloud.add_panko("panko", replicas=0)
    assert query() == 0
    assert "skipped cloud/panko" in capsys.readouterr().out


def test_an_uninstall_is_refused_while_there_is_a_panko_and_says_what_to_do(cloud, uninstall, capsys):
    cloud.add_panko("panko")
    assert uninstall() == 1
    printed = capsys.readouterr().out
    assert "REFUSED: 1 Panko(s) are looked after: cloud/panko." in printed
    assert "kubectl delete pankos --all" in printed
    assert "helm uninstall -n panko-system panko-operator --no-hooks" in printed
    assert "helm rollback -n panko-system panko-operator 3" in printed


def test_many_pankos_are_not_all_named(cloud, uninstall, capsys):
    for number in range(12):
        cloud.add_panko(f"panko-{number:02}")
    assert uninstall() == 1
    printed = capsys.readouterr().out
    assert "REFUSED: 12 Panko(s)" in printed
    assert "cloud/panko-09, …" in printed


def test_the_namespaces_that_are_watched_are_all_that_is_looked_at(cloud, uninstall):
    assert uninstall("cloud-a,cloud-b") == 0
    assert [path.split("/")[-2] for path in cloud.asked] == ["cloud-a", "cloud-b"]


@pytest.mark.parametrize("defined", [True, False], ids=["no Panko", "no definition"])
def test_an_uninstall_with_nothing_left_goes_on_in_silence(cloud, uninstall, capsys, defined):
    cloud.defined = defined
    assert uninstall() == 0
    assert capsys.readouterr().out == ""


def stop(**options):
    program("uninstall").stop("panko-system", "panko-operator", **options)


def test_the_operator_is_stopped_and_waited_for_until_it_has_given_its_lease_back(cloud):
    cloud.holders = ["operator-1", "operator-1", ""]
    stop()
    scale, *looks = cloud.asked
    assert scale == "/apis/apps/v1/namespaces/panko-system/deployments/panko-operator/scale"
    assert looks == ["/apis/coordination.k8s.io/v1/namespaces/panko-system/leases/panko-operator"] * 3


def test_an_operator_that_keeps_its_lease_is_waited_for_no_longer_than_it_takes(cloud):
    cloud.holders = ["operator-1"]
    stop(seconds=0.6)
    assert len(cloud.asked) < 6


def test_an_operator_that_cannot_be_stopped_keeps_nobody_from_uninstalling(cloud, capsys):
    cloud.rights = False
    stop()
    assert "The operator is not waited for (403 Forbidden)" in capsys.readouterr().out
