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

        def start(pods, spec=None, *, exchanged=()):
            config = haproxy_config.render(make_panko(spec), "cluster.local")
            for old, new in exchanged:
                assert old in config
                config = config.replace(old, new)
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
    def seconds():
        started = time.monotonic()
        run(pods).wait_until(UP=2)
        return time.monotonic() - started

    # It depends on the configuration alone, unless the machine has much else to do.
    assert any(seconds() < haproxy.RESOLVED_WITHIN_SECONDS for _ in range(4))


def test_new_pod_is_found_without_a_restart(run, pods):
    old, new = pods
    known = [old]
    proxy = run(known)
    proxy.wait_until(UP=1)
    known.append(new)
    proxy.wait_until(UP=2)
    assert {answering(proxy) for _ in range(4)} == {old.host, new.host}


def test_pods_learn_who_asked_and_how_from_haproxy_alone(run, pods):
    proxy = run(pods[:1])
    proxy.wait_until(UP=1)
    claims = dict.fromkeys(
        ("x-forwarded-host", "X-FORWARDED-PREFIX", "X-Forwarded-Port", "Forwarded", "X-Real-IP", "X-Original-URL"),
        "evil.example",
    )
    proxy.request("GET", "/", headers=claims | {"X-Forwarded-Proto": "javascript", "X-Forwarded-For": "192.0.2.66"})
    ((_, seen, _),) = pods[0].seen
    told = {name.lower(): seen.get_all(name) for name in seen if name.lower() not in {"host", "accept-encoding"}}
    assert told == {"x-forwarded-for": ["127.0.0.1"], "x-forwarded-proto": ["http"]}


def fault(answer):
    """Return the status of one of HAProxy's own answers, and who is at fault; they all look like the API's."""
    status, headers, body = answer
    assert headers["Content-Type"] == "application/json"
    message = json.loads(body)["error_message"]
    assert message.keys() == {"faultcode", "faultstring", "debuginfo"}
    return status, message["faultcode"], headers["Retry-After"]


def test_what_haproxy_itself_answers_looks_like_an_error_of_the_api(run, pods):
    pod, _ = pods
    quick = [("timeout server 30s", "timeout server 1s"), ("timeout http-request 10s", "timeout http-request 1s")]
    proxy = run([pod], exchanged=quick)
    assert fault(run([]).request("GET", "/v2/events")) == (503, "Server", "2")
    proxy.wait_until(UP=1)
    unfinished = b"POST /v2/events HTTP/1.1\r\nHost: panko\r\nContent-Length: 9\r\n\r\n[{"
    assert fault(proxy.raw(unfinished)) == (408, "Client", None)
    pod.silent = True
    assert fault(proxy.request("GET", "/v2/events")) == (504, "Server", "2")
    pod.silent, pod.breaking = False, True
    assert fault(proxy.request("DELETE", "/v2/events")) == (502, "Server", "2")


def test_one_address_cannot_take_all_connections(run, pods):
    proxy = run(pods[:1], {"haproxy": {"maxConnections": 100}})
    proxy.wait_until(UP=1)
    with contextlib.ExitStack() as stack:
        take(65, proxy, stack)
        assert proxy.request("GET", "/v2/events")[0] == 200
        take(5, proxy, stack)
        assert fault(proxy.request("GET", "/v2/events")) == (429, "Client", "10")
        assert [is_cut_off(proxy, stack) for _ in range(30)].count(True) >= 25
        other = stack.enter_context(connected(proxy, "127.0.0.9"))
        other.sendall(b"GET /v2/events HTTP/1.1\r\nHost: panko\r\n\r\n")
        assert other.recv(100).startswith(b"HTTP/1.1 200")


def take(number, proxy, stack, source="127.0.0.1"):
    """Open connections that ask nothing."""
    for _ in range(number):
        stack.enter_context(connected(proxy, source))


def connected(proxy, source="127.0.0.1"):
    """Connect from an address."""
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=5, source_address=(source, 0))


def is_cut_off(proxy, stack):
    """Tell whether HAProxy hangs up on a new connection at once."""
    try:
        connection = stack.enter_context(connected(proxy))
        connection.settimeout(0.2)
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionResetError:
        return True


def test_a_full_haproxy_is_a_healthy_one(run):
    proxy = run([], {"haproxy": {"maxConnections": 100}})
    with contextlib.ExitStack() as stack:
        for source in ("127.0.0.1", "127.0.0.8"):
            take(60, proxy, stack, source)
        started = time.monotonic()
        assert proxy.request("GET", "/healthz", port=proxy.metrics_port)[0] == 200
        assert time.monotonic() - started < 5  # well before HAProxy closes those that ask nothing


def as_user(proxy, name, path="/v2/events"):
    """Return the status of a request with some credentials."""
    return proxy.request("GET", path, headers={"Authorization": name})[0]


def test_who_guesses_passwords_is_slowed_and_neighbours_are_not(run, pods):
    (pod,) = pods[:1]
    pod.wrong = {f"guess-{number}" for number in range(300)}
    proxy = run([pod])
    proxy.wait_until(UP=1)
    assert as_user(proxy, "right") == 200
    answers = [as_user(proxy, f"guess-{number}") for number in range(200)]
    assert answers[: haproxy_config.REFUSALS] == [401] * haproxy_config.REFUSALS
    assert answers[haproxy_config.REFUSALS + 5 :].count(401) == 0
    assert as_user(proxy, "right") == 200
    assert as_user(proxy, "guess-250", path="/") == 401
    assert as_user(proxy, "guess-250") == 429


def test_credentials_that_were_right_are_slowed_when_they_are_not_any_more(run, pods):
    (pod,) = pods[:1]
    proxy = run([pod])
    proxy.wait_until(UP=1)
    assert as_user(proxy, "revoked") == 200
    pod.wrong = {"revoked"}
    assert as_user(proxy, "revoked") == 401
    assert {as_user(proxy, "revoked") for _ in range(150)} == {401, 429}


def test_a_page_without_authentication_proves_no_credentials(run, pods):
    (pod,) = pods[:1]
    pod.wrong = {"guess"}
    proxy = run([pod])
    proxy.wait_until(UP=1)
    assert as_user(proxy, "other", path="/") == 200
    for _ in range(haproxy_config.REFUSALS + 5):
        as_user(proxy, "guess")
    assert as_user(proxy, "other") == 429


def test_who_is_never_refused_is_never_slowed(run, pods):
    proxy = run(pods[:1])
    proxy.wait_until(UP=1)
    assert {as_user(proxy, "right") for _ in range(300)} == {200}


def test_pods_that_are_known_and_do_not_listen_yet_cost_no_request(run, pods):
    proxy = run(pods)
    proxy.wait_until(UP=2)
    pods.extend(real.Pod(f"127.0.0.{number}", pods[0].port) for number in range(4, 9))
    answers = set()
    proxy.wait_until(UP=7)
    while proxy.states()["UP"] > 2:
        answers |= {proxy.request("GET", "/v2/events")[0] for _ in range(20)}
    assert answers == {200}


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

    assert (limit(1000), limit(4000)) == ("410Mi", "1253Mi")


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
