"""No secret stands where somebody else may read it, whatever goes wrong.

The operator and the service as processes, with a real API server, database, Keystone and memcached, and with logs as
talkative as they can be made. All that they come to know is distinctive, so that it is found wherever it turns up.
"""

import base64
import contextlib
import json
import re
import secrets as random
import shutil
import subprocess
import time
import urllib.parse

import httpx
import pytest

from canaries import forms, processes
from canaries.scene import Scene, local
from canaries.statements import ENGINES
from servers.authority import Authority
from servers.database_server import free_port
from servers.memcached import Encryption, Memcached
from servers.panko_api import PankoApi

TALKATIVE = "[DEFAULT]\ndebug = true\ndefault_log_levels = panko=DEBUG\n[api]\naccess_log = true\n"
EVENT = {"message_id": "m-1", "event_type": "compute.end", "generated": "2026-01-01T00:00:00", "traits": []}


@pytest.fixture
def scene(kube_apiserver, namespace, tmp_path):
    scene = Scene(kube_apiserver, namespace, tmp_path)
    scene.operator.start()
    yield scene
    scene.operator.stop()


@pytest.fixture
def memcached(scene):
    """A memcached that asks for a certificate, whose files are where the API looks for them."""
    trust = scene.folder / "trust"
    for name in ("memcached", "memcached-client"):
        (trust / name).mkdir(parents=True)
    authority = Authority(scene.folder)
    certificate, key = authority.sign("panko-api", "127.0.0.1")
    shutil.copy(authority.ca, trust / "memcached" / "ca.crt")
    shutil.copy(certificate, trust / "memcached-client" / "tls.crt")
    shutil.copy(key, trust / "memcached-client" / "tls.key")
    scene.secrets["TLS key"] = key.read_text().splitlines()[2]
    server = Memcached(Encryption(*authority.sign("memcached", "127.0.0.1"), authority.ca))
    server.start()
    yield server
    server.stop()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("engine", ENGINES)
def test_no_secret_stands_where_others_can_read_it(request, scene, memcached, keystone, engine):
    fixture, logged = ENGINES[engine]
    database = request.getfixturevalue(fixture)
    cloud = f"canary-{engine}"
    keystone.add_user(cloud, scene.canary("Keystone's administrator"), project="admin", roles=["admin"])
    with logged(database, "canary_admin", scene.canary("administrator of the database")) as statements:
        make_everything_fail_at_the_operator(scene, database, memcached, keystone, engine=engine, cloud=cloud)
        make_everything_fail_at_the_commands(scene, database)
        if engine == "mysql":  # once: the API logs no less on the other one
            make_everything_fail_at_the_api(scene, database, memcached, keystone)
        change_a_publishers_password(scene)
        scene.learn()
        scene.request("delete", scene.path)
        scene.wait(lambda: scene.panko() is None)
        scene.look()
        scene.see("statements in the database server's log", statements())
    scene.see("log of the operator", scene.operator.log.read_text())

    said = dict(scene.seen)
    assert "CREATE" in said["statements in the database server's log"]
    assert '"severity": "debug"' in said["log of the operator"]
    assert engine != "mysql" or "DEBUG" in said["log of the API"]
    assert len(scene.secrets) > 15
    assert forms.findings(scene.secrets, scene.seen) == []


def make_everything_fail_at_the_operator(scene, database, memcached, keystone, *, engine, cloud):
    """Go through the steps of a pass, each of which fails before it works."""
    admin = {
        "OS_USERNAME": cloud,
        "OS_PROJECT_NAME": "admin",
        "OS_USER_DOMAIN_NAME": "Default",
        "OS_PROJECT_DOMAIN_NAME": "Default",
    }
    right = {
        "database": scene.secrets["administrator of the database"],
        "keystone": scene.secrets["Keystone's administrator"],
    }
    trust = scene.folder / "trust"
    create = scene.operator.create_secret
    create("cloud", {**admin, "OS_PASSWORD": scene.canary("wrong password of Keystone")})
    create("db", {"username": "canary_admin", "password": scene.canary("wrong password of the database")})
    create("mq", {"password": scene.canary("publisher's password that is too long", length=80)})
    create("ca", {"ca.crt": (trust / "memcached/ca.crt").read_text()})
    create("tls", {name: (trust / "memcached-client" / name).read_text() for name in ("tls.crt", "tls.key")})
    scene.operator.create_panko(
        {
            "database": {"engine": engine, "host": "127.0.0.1", "port": free_port(), "adminSecretRef": {"name": "db"}},
            "keystone": {"authURL": keystone.url, "adminSecretRef": {"name": "cloud"}},
            "memcached": {
                "servers": [memcached.address],
                "tls": {"caSecretRef": {"name": "ca"}, "clientSecretRef": {"name": "tls"}},
            },
            "publishers": [{"name": "ceilometer"}, {"name": "mq", "passwordSecretRef": {"name": "mq"}}],
            "customServiceConfig": f"[database]\nconnection = mysql://{scene.canary('custom configuration')}\n",
            "deletionPolicy": {"database": "Delete"},
        }
    )
    scene.until("InvalidCustomConfig")
    scene.edit(customServiceConfig=TALKATIVE)
    scene.until("DatabaseUnreachable")
    scene.edit(database={"port": database.port})
    scene.until("DatabaseLoginRefused")
    scene.change("db", password=right["database"])
    scene.until("KeystoneLoginRefused")
    scene.edit(keystone={"authURL": f"http://127.0.0.1:{free_port()}/v3"})
    scene.change("cloud", OS_PASSWORD=right["keystone"])
    scene.until("KeystoneUnreachable")
    scene.edit(keystone={"authURL": keystone.url})
    scene.until("InvalidInput")
    scene.change("mq", password=scene.canary("publisher's password"))
    scene.until("QueryFailed")
    # Nothing here has the name of a Service, so nobody is asked.
    scene.edit(replicas=0)
    scene.until("Ready")
    scene.learn()


def make_everything_fail_at_the_commands(scene, database):
    """Run the commands with the right login, and with all that can be wrong with one."""
    configuration = local(scene.secret("panko-db-expirer")["panko.conf"], scene.folder)
    code, output = scene.run("expirer", configuration)
    assert code == 0, output
    wrong = scene.canary("wrong account")
    for other in (
        with_login(configuration, wrong),
        with_login(configuration, f"a@b:{wrong}", safe="@:"),
        elsewhere(configuration, database),
    ):
        assert other != configuration
        code, output = scene.run("dbsync", other, "--wait", "0")
        assert code != 0, output


def make_everything_fail_at_the_api(scene, database, memcached, keystone):
    """Ask the API with its servers, without each of them, and with logins that are wrong."""
    mounted = scene.secret(f"panko-config-{scene.panko()['status']['configHash']}")
    for file in ("htpasswd", "policy.yaml", "session-keys"):
        (scene.folder / file).write_text(mounted[file])
    configuration, account = local(mounted["panko.conf"], scene.folder), ("mq", scene.secrets["publisher's password"])
    with serving(scene, configuration) as ask:
        ask_everything(scene, ask, keystone)
        assert memcached.count() > 0
        memcached.stop()
        scene.wait(lambda: ask("GET", token=scene.secrets["reader's token"]) == 200)
        keystone.stop()
        try:
            assert ask("GET", token="a-token-of-nobody") == 503
        finally:
            keystone.start()
    with serving(scene, elsewhere(configuration, database)) as ask:
        assert ask("POST", account=account) == 503
    wrong = with_login(configuration, scene.secrets["wrong account"])
    service_user = scene.canary("wrong service user").replace("$", "$$")
    with serving(scene, re.sub(r"\npassword = .*", lambda _: f"\npassword = {service_user}", wrong)) as ask:
        assert ask("POST", account=account) == 503
        assert ask("GET", token=scene.secrets["reader's token"]) == 503


def with_login(configuration, password, *, safe=""):
    """Put another password into the URL of the database."""
    quoted = urllib.parse.quote(password, safe=safe)
    return re.sub(r"(connection = [^:]+://[^:]+:)[^@]+@", lambda found: f"{found[1]}{quoted}@", configuration)


def elsewhere(configuration, database):
    """Look for the database where nobody listens."""
    return configuration.replace(f":{database.port}/", f":{free_port()}/")


@contextlib.contextmanager
def serving(scene, configuration):
    """Run the API, and yield what asks it; all that it answers and writes is seen."""
    api = PankoApi(configuration)

    def ask(method, *, token=None, account=None, body=None):
        headers = {"X-Auth-Token": token} if token else {}
        content = json.dumps(body or [EVENT]) if method == "POST" else None
        headers |= {"Content-Type": "application/json"} if content else {}
        url = f"{api.url}/v2/events"
        answer = httpx.request(method, url, headers=headers, auth=account, content=content, timeout=60)
        scene.see("answer of the API", f"{answer.headers} {answer.text}")
        return answer.status_code

    try:
        api.start()
        yield ask
        scene.seen += processes.descendants()
    finally:
        scene.see("log of the API", api.output)
        api.remove()


def ask_everything(scene, ask, keystone):
    """Come with every kind of proof, right and wrong."""
    for kind, project, role in (("reader", "admin", "admin"), ("member", "demo", "member")):
        user = f"{kind}-{scene.namespace}"
        keystone.add_user(user, scene.canary(kind), project=project, roles=[role])
        scene.secrets[f"{kind}'s token"] = keystone.token(user, scene.secrets[kind], project=project)
    reader, member = scene.secrets["reader's token"], scene.secrets["member's token"]
    given = ("mq", scene.secrets["publisher's password"])
    generated = ("ceilometer", scene.secret("panko-publisher-ceilometer")["password"])
    for status, method, proof in (
        (201, "POST", {"account": generated}),
        (201, "POST", {"account": given}),
        (400, "POST", {"account": given, "body": [{"message_id": 7}]}),
        (401, "POST", {"account": ("mq", scene.canary("wrong password of a publisher"))}),
        (403, "GET", {"account": given}),
        (200, "GET", {"token": reader}),
        (403, "POST", {"token": member}),
        (401, "GET", {"token": scene.canary("token that is none")}),
        (400, "POST", {"token": reader, "body": [{**EVENT, "event_type": "x" * 300}]}),
    ):
        # A Keystone that is slow is a 503.
        scene.wait(lambda status=status, method=method, proof=proof: ask(method, **proof) == status)


def change_a_publishers_password(scene):
    """Move the generated password aside, and see both on a real API server."""
    name = "panko-publisher-ceilometer"
    old = scene.secret(name)["password"]
    scene.patch(name, {"op": "move", "from": "/data/password", "path": "/data/previous-password"})
    scene.wait(lambda: scene.secret(name).get("password", old) != old)
    scene.until("Ready")
    assert scene.secret(name)["previous-password"] == old
    scene.learn()
    scene.patch(name, {"op": "remove", "path": "/data/previous-password"})
    scene.wait(lambda: "previous-htpasswd" not in scene.secret(name))


@pytest.mark.parametrize(
    "write",
    [
        str,
        urllib.parse.quote,
        urllib.parse.quote_plus,
        json.dumps,
        lambda secret: base64.b64encode(secret.encode()).decode(),
        lambda secret: base64.b64encode(b"user:" + secret.encode()).decode(),
        lambda secret: base64.urlsafe_b64encode(b"a" + secret.encode() + b"zz").decode(),
    ],
)
def test_the_search_finds_a_secret_however_it_is_written(write):
    secret = forms.canary("any", "0a1b2c3d")
    (found,) = {
        finding.partition(",")[0] for finding in forms.findings({"any": secret}, [("log", f"x {write(secret)} y")])
    }
    assert found == "log: any"
    assert forms.findings({"any": secret}, [("log", write(forms.canary("any", "ffffffff")))]) == []


def test_the_search_looks_at_every_process_below_this_one():
    secret = forms.canary("any", random.token_hex(8))
    argv = ["sh", "-c", "sleep 60 & wait", secret]
    process = subprocess.Popen(argv, env={"PATH": "/usr/bin:/bin", "SECRET": secret}, start_new_session=True)
    try:
        time.sleep(0.5)
        places = {each.partition(":")[0] for each in forms.findings({"any": secret}, processes.descendants())}
    finally:
        subprocess.run(["kill", "--", f"-{process.pid}"], check=True)
        process.wait(timeout=10)
    assert places == {"/proc/cmdline of sh", "/proc/environ of sh", "/proc/environ of sleep"}
