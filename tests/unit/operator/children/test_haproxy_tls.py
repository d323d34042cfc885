"""HAProxy between two sides that speak TLS: read and run by the real one."""

import contextlib
import json
import socket
import ssl
import warnings
from datetime import UTC, datetime

import pytest

from panko_operator.certificates import own
from panko_operator.children import haproxy
from panko_operator.children.text import haproxy_config
from servers import haproxy as real
from servers.authority import Authority

HOST = "panko-api-pods.openstack.svc.cluster.local"
SPEC = {"tls": {"secretName": "web"}}


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def folder(authority, tmp_path):
    """Return a folder with what HAProxy's pods mount: what clients see, and the pods' authority."""
    certificate, key = authority.sign("events.example.org", "127.0.0.1")
    (tmp_path / "tls.crt").write_bytes(certificate.read_bytes())
    (tmp_path / "tls.crt.key").write_bytes(key.read_bytes())
    return tmp_path


@pytest.fixture
def trust(authority):
    return ssl.create_default_context(cafile=authority.ca)


def serving(folder, certificate, key, *, name="pod"):
    """Return how a pod speaks TLS that shows a certificate."""
    for ending, text in (("crt", certificate), ("key", key)):
        (folder / f"{name}.{ending}").write_text(text)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{name}.crt", folder / f"{name}.key")
    return context


@pytest.fixture
def clock():
    return datetime.now(UTC)


@pytest.fixture
def made(folder, clock):
    """Return what the operator made for the API's pods; HAProxy has its authority."""
    made = own.renewed({}, HOST, clock)
    (folder / haproxy_config.PODS_AUTHORITY).write_text(made["ca.crt"])
    return made


@pytest.fixture
def run(make_panko, folder, trust):
    with contextlib.ExitStack() as stack:

        def start(pods, spec=SPEC):
            config = haproxy_config.render(make_panko(spec), "cluster.local")
            return stack.enter_context(real.running(config, pods, folder, trust=trust))

        yield start


@pytest.fixture
def pods(folder, made):
    with real.pods("127.0.0.2", "127.0.0.3", tls=serving(folder, made["tls.crt"], made["tls.key"])) as running:
        yield running


def test_haproxy_reads_it(make_panko, folder, made):
    assert made
    code, said = real.check(real.in_folder(haproxy_config.render(make_panko(SPEC), "cluster.local"), folder), folder)
    assert code == 0, said
    assert "ALERT" not in said
    assert "WARNING" not in said


def test_requests_and_checks_reach_pods_that_prove_who_they_are(run, pods):
    proxy = run(pods)
    proxy.wait_until(UP=2)
    status, _, body = proxy.request("POST", "/v2/events", body=b"[]" * 50_000)
    assert status == 200
    assert json.loads(body)["pod"] in {"127.0.0.2", "127.0.0.3"}


def test_pods_are_told_that_clients_speak_tls(run, pods):
    proxy = run(pods[:1])
    proxy.wait_until(UP=1)
    proxy.request("GET", "/", headers={"X-Forwarded-Proto": "http"})
    ((_, seen, _),) = pods[0].seen
    assert seen.get_all("X-Forwarded-Proto") == ["https"]


def test_a_draining_pod_gets_nothing_new(run, pods):
    leaving, staying = pods
    proxy = run(pods)
    proxy.wait_until(UP=2)
    leaving.draining = True
    proxy.wait_until(UP=1, NOLB=1)
    assert {json.loads(proxy.request("GET", "/v2/events")[2])["pod"] for _ in range(4)} == {staying.host}


def test_request_of_a_pod_that_breaks_off_is_answered_by_another(run, pods):
    broken, sound = pods
    broken.breaking = True
    proxy = run(pods)
    proxy.wait_until(UP=2)
    assert {json.loads(proxy.request("POST", "/v2/events", body=b"[]")[2])["pod"] for _ in range(6)} == {sound.host}
    assert broken.seen


@pytest.mark.parametrize("kind", ["another authority", "another name", "no TLS"])
def test_a_pod_that_does_not_prove_who_it_is_gets_no_request(run, folder, made, clock, kind):
    if kind == "another authority":
        other = own.renewed({}, HOST, clock)
    else:
        other = own.renewed(made, "panko-api-pods.tenant.svc.cluster.local", clock)
    context = None if kind == "no TLS" else serving(folder, other["tls.crt"], other["tls.key"], name="other")
    with real.pods("127.0.0.2", tls=context) as impostors:
        proxy = run(impostors)
        proxy.wait_until(DOWN=1)
        assert proxy.request("GET", "/v2/events")[0] == 503
        assert not impostors[0].seen


def test_a_pod_of_a_renewed_certificate_is_believed_beside_one_of_before(run, folder, pods, made, clock):
    renewed = own.renewed({key: made[key] for key in ("ca.crt", "ca.key")}, HOST, clock)
    assert renewed["tls.crt"] != made["tls.crt"]
    context = serving(folder, renewed["tls.crt"], renewed["tls.key"], name="renewed")
    with real.pod("127.0.0.4", pods[0].port, tls=context) as new:
        run([*pods, new]).wait_until(UP=3)


@pytest.mark.parametrize(("version", "spoken"), [("TLSv1_1", False), ("TLSv1_2", True), ("TLSv1_3", True)])
def test_only_versions_of_now_are_spoken_to_clients(run, pods, trust, version, spoken):
    proxy = run(pods)
    trust.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        trust.minimum_version = trust.maximum_version = ssl.TLSVersion[version]
    expected = contextlib.nullcontext() if spoken else pytest.raises(OSError, match=r"ALERT|alert|EOF|reset")
    with (
        expected,
        socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as plain,
        trust.wrap_socket(plain, server_hostname="127.0.0.1") as encrypted,
    ):
        assert encrypted.version() == version.replace("_", ".")


@pytest.mark.parametrize("cipher", ["AES256-SHA", "ECDHE-ECDSA-AES128-SHA"])
def test_no_cipher_without_forward_secrecy_or_authentication_is_spoken(run, pods, trust, cipher):
    proxy = run(pods)
    trust.maximum_version = ssl.TLSVersion.TLSv1_2
    trust.set_ciphers(f"{cipher}:@SECLEVEL=0")
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as plain:  # noqa: PT011
        trust.wrap_socket(plain, server_hostname="127.0.0.1")


def test_who_speaks_no_tls_reaches_no_pod(run, pods):
    proxy = run(pods)
    proxy.wait_until(UP=2)
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as plain:
        plain.sendall(b"GET /v2/events HTTP/1.1\r\nHost: panko\r\n\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert b"HTTP/" not in plain.recv(100)
    assert not pods[0].seen + pods[1].seen


def test_links_lead_to_where_somebody_before_haproxy_ends_tls(make_panko, tmp_path):
    spec = {
        "ingress": {"host": "events.example.org", "tlsSecretName": "t"},
        "gateway": {"parentRefs": [{"name": "g"}], "hostnames": ["events.example.net"]},
    }
    config = haproxy_config.render(make_panko(spec), "cluster.local")
    with real.pods("127.0.0.2") as pods, real.running(config, pods, tmp_path) as proxy:
        proxy.wait_until(UP=1)
        for host in ("events.example.org", "Events.Example.net:443", "panko.openstack.svc", "evil.example"):
            proxy.request("GET", "/", headers={"Host": host})
        told = [seen["X-Forwarded-Proto"] for _, seen, _ in pods[0].seen]
    assert told == ["https", "https", "http", "http"]


def test_an_ingress_that_speaks_http_makes_no_links_to_https(make_panko):
    config = haproxy_config.render(make_panko({"ingress": {"host": "events.example.org"}}), "cluster.local")
    assert "X-Forwarded-Proto https" not in config


def test_another_authority_of_the_pods_is_another_name(make_panko):
    panko = make_panko(SPEC)
    names = {haproxy.config_map(panko, "cluster.local", pods_authority=text)["metadata"]["name"] for text in ("a", "b")}
    assert len(names) == 2


def test_what_is_mounted_is_what_haproxy_is_told(make_panko):
    panko = make_panko(SPEC)
    pod = haproxy.deployment(panko, image="haproxy", config_name="c", tls_name="panko-tls-0")["spec"]["template"]
    (container,) = pod["spec"]["containers"]
    (mount,) = [one["mountPath"] for one in container["volumeMounts"] if one["name"] == "tls"]
    (volume,) = [one["secret"] for one in pod["spec"]["volumes"] if one["name"] == "tls"]
    files = {f"{mount}/{item['path']}" for item in volume["items"]}
    config = haproxy_config.render(panko, "cluster.local")
    (certificate,) = {word for word in config.split() if word.startswith(f"{mount}/")}
    assert files == {certificate, f"{certificate}.key"}  # HAProxy adds `.key` itself
