"""HAProxy as the operator configures it: read and run by the real one."""

import contextlib
import json
import re
import socket
import time

import pytest

from panko_operator.children import api, haproxy
from panko_operator.children.text import haproxy_config
from servers import haproxy as real

BATCH = b"x" * 90_000  # more than HAProxy's default buffer, as batches of events are


@pytest.fixture
def run(make_panko, tmp_path):
    """Run HAProxy in front of some pods."""
    with contextlib.ExitStack() as stack:

        def start(pods):
            config = haproxy_config.render(make_panko(), "cluster.local")
            return stack.enter_context(real.running(config, pods, tmp_path))

        yield start


@pytest.fixture
def pods():
    with real.pods("127.0.0.2", "127.0.0.3") as running:
        yield running


@pytest.mark.parametrize("spec", [{}, {"replicas": 0}, {"replicas": 64, "haproxy": {"maxConnections": 20000}}])
def test_haproxy_reads_it_though_no_name_can_be_resolved(make_panko, tmp_path, spec):
    code, said = real.check(haproxy_config.render(make_panko(spec), "no-such-domain.invalid"), tmp_path)
    assert code == 0, said
    assert "ALERT" not in said
    assert "WARNING" not in said


def test_clients_are_told_why_when_there_is_no_pod(run):
    status, headers, body = run([]).request("GET", "/v2/events")
    assert status == 503
    assert headers["Content-Type"] == "application/json"
    assert headers["Retry-After"] == "2"
    assert "Try again" in json.loads(body)["error_message"]["faultstring"]


def test_haproxy_itself_is_healthy_without_any_pod(run):
    proxy = run([])
    assert proxy.request("GET", "/healthz", port=proxy.metrics_port)[0] == 200
    assert b"haproxy_process_" in proxy.request("GET", "/metrics", port=proxy.metrics_port)[2]


def test_pods_are_known_before_haproxy_itself_is_ready(run, pods):
    started = time.monotonic()
    run(pods).wait_until(UP=2)
    assert time.monotonic() - started < haproxy.RESOLVED_WITHIN_SECONDS


def test_new_pod_is_found_without_a_restart(run, pods):
    old, new = pods
    known = [old]
    proxy = run(known)
    proxy.wait_until(UP=1)
    known.append(new)
    proxy.wait_until(UP=2)
    assert {answering(proxy) for _ in range(4)} == {old.host, new.host}


def test_pods_learn_who_asked_and_how(run, pods):
    proxy = run(pods[:1])
    proxy.wait_until(UP=1)
    proxy.request("GET", "/v2/events", headers={"X-Forwarded-Proto": "https"})
    proxy.request("GET", "/v2/events")
    first, second = (headers for _, headers, _ in pods[0].seen)
    assert first["X-Forwarded-For"] == "127.0.0.1"
    assert (first["X-Forwarded-Proto"], second["X-Forwarded-Proto"]) == ("https", "http")


@pytest.mark.parametrize(("method", "path"), [("GET", "/v2/events"), ("POST", "/v2/events"), ("GET", "/")])
def test_request_of_a_pod_that_breaks_off_is_answered_by_another(run, pods, method, path):
    broken, sound = pods
    broken.breaking = True
    proxy = run(pods)
    proxy.wait_until(UP=2)
    body = BATCH if method == "POST" else None
    assert {answering(proxy, method, path, body=body) for _ in range(6)} == {sound.host}
    assert broken.seen
    assert {size for _, _, size in sound.seen} == {len(body or b"")}


def test_what_is_not_idempotent_is_never_sent_twice(run, pods):
    for pod in pods:
        pod.breaking = True
    proxy = run(pods)
    proxy.wait_until(UP=2)
    status, _, _ = proxy.request("DELETE", "/v2/anything")
    assert status == 502
    assert sum(len(pod.seen) for pod in pods) == 1


def test_draining_pod_gets_nothing_new(run, pods):
    leaving, staying = pods
    proxy = run(pods)
    proxy.wait_until(UP=2)
    leaving.draining = True
    proxy.wait_until(UP=1, NOLB=1)
    assert {answering(proxy) for _ in range(6)} == {staying.host}
    assert not leaving.seen


def answering(proxy, method="GET", path="/v2/events", *, body=None):
    """Return which pod answers a request."""
    status, _, answer = proxy.request(method, path, body=body)
    assert status == 200
    return json.loads(answer)["pod"]


def test_haproxy_allows_a_pod_the_time_that_it_takes_to_drain():
    # Two checks, 500 ms apart and answered within 1 s, see the drain flag long before SIGTERM.
    assert api.DRAIN_SECONDS > 2 * (0.5 + 1)


def test_grace_period_leaves_time_for_the_soft_stop(panko):
    pod = haproxy.deployment(panko, image="haproxy", config_name="c")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    pause = int(container["lifecycle"]["preStop"]["exec"]["command"][-1])
    (hard_stop,) = re.findall(r"hard-stop-after (\d+)s", haproxy_config.render(panko, "cluster.local"))
    assert pod["terminationGracePeriodSeconds"] == 75
    assert pause + int(hard_stop) < 75


def test_server_takes_as_many_requests_as_it_has_threads(make_panko):
    config = haproxy_config.render(make_panko({"api": {"workers": 3, "threads": 7}}), "cluster.local")
    assert " maxconn 21 " in config


@pytest.mark.parametrize(("replicas", "slots"), [(0, 16), (2, 16), (8, 16), (9, 32), (64, 128)])
def test_there_is_room_for_all_pods_of_a_rollout(replicas, slots):
    assert haproxy_config.slots(replicas) == slots >= 2 * replicas


def test_scaling_a_little_does_not_restart_haproxy(make_panko):
    names = {haproxy.config_map(make_panko({"replicas": n}), "cluster.local")["metadata"]["name"] for n in (1, 2, 3, 5)}
    assert len(names) == 1


def test_new_configuration_has_a_new_name(make_panko):
    before, after = make_panko(), make_panko({"haproxy": {"maxConnections": 2000}})
    names = {haproxy.config_map(panko, "cluster.local")["metadata"]["name"] for panko in (before, after)}
    assert len(names) == 2


def test_memory_limit_follows_the_connections(make_panko):
    def limit(connections):
        panko = make_panko({"haproxy": {"maxConnections": connections}})
        container = haproxy.deployment(panko, image="haproxy", config_name="c")["spec"]["template"]["spec"]
        return container["containers"][0]["resources"]["limits"]["memory"]

    assert (limit(1000), limit(4000)) == ("378Mi", "1221Mi")


def test_resources_of_the_spec_are_taken_as_they_are(make_panko):
    own = {"limits": {"memory": "1Gi"}}
    built = haproxy.deployment(make_panko({"haproxy": {"resources": own}}), image="haproxy", config_name="c")
    assert built["spec"]["template"]["spec"]["containers"][0]["resources"] == own


def test_config_map_is_mounted_where_haproxy_looks(panko):
    config_map = haproxy.config_map(panko, "cluster.local")
    spec = haproxy.deployment(panko, image="haproxy", config_name=config_map["metadata"]["name"])["spec"]
    pod = spec["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["volumes"][0]["configMap"]["name"] == config_map["metadata"]["name"]
    (file,) = config_map["data"]
    assert container["command"][-1].endswith(f" -f {container['volumeMounts'][0]['mountPath']}/{file}")


@pytest.mark.parametrize(
    ("addresses", "families"),
    [
        ("10.0.0.7", {socket.AF_INET}),
        ("10.0.0.7,fd00::7", {socket.AF_INET, socket.AF_INET6}),
        ("fd00::7", {socket.AF_INET, socket.AF_INET6}),
    ],
)
def test_haproxy_listens_in_the_families_of_its_pod(panko, tmp_path, addresses, families):
    (container,) = haproxy.deployment(panko, image="haproxy", config_name="c")["spec"]["template"]["spec"]["containers"]
    assert container["env"] == [{"name": "POD_IPS", "valueFrom": {"fieldRef": {"fieldPath": "status.podIPs"}}}]
    config = haproxy_config.render(panko, "cluster.local")
    with real.started_as(container["command"], config, addresses=addresses, directory=tmp_path) as ports:
        for port in ports:
            assert {family for family in (socket.AF_INET, socket.AF_INET6) if real.answers(family, port)} == families
