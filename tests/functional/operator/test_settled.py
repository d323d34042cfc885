"""What a pass costs and notices on real servers: kube-apiserver, MariaDB and Keystone."""

import asyncio
import dataclasses
from datetime import UTC, datetime, timedelta

import pymysql
import pytest
import requests

from fakes.memory_world import KEYSTONE_ADMIN, SPEC, MemoryWorld
from fakes.recording_client import RecordingClient
from panko_operator.controller.result import Pace
from panko_operator.database import DatabaseServers, marks
from panko_operator.errors import EventAPIError
from panko_operator.keystone import KeystoneServer
from panko_operator.keystone.session import token
from panko_operator.kube import PANKO_API, KubeAPI
from panko_operator.memory import RESYNC, Memory
from panko_operator.resource.kinds import KINDS, Watch
from panko_operator.watching import Echo, Key, Liveness, RollCall, Sightings, Triggers
from panko_operator.world.values import Freshness, ServiceFreshness

# The SDK calls parts of itself that it deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::openstack.warnings.RemovedInSDK50Warning")
PANKOS = "/apis/panko.openstack.org/v1beta1/namespaces/{}/pankos"
PASSES = 20
FAR = datetime.max.replace(tzinfo=UTC)


class EventAPI:
    """An API that lets in whoever Keystone gives a token."""

    fault = None
    fresh = None

    def query(self, url, admin, user, *, proof, **_served_by):
        found = dataclasses.replace(token(admin, user), expires=FAR)  # by the clock of the test
        self.ask_again(url, found, proof=proof)
        return found

    def ask_again(self, _url, _token, *, proof):  # noqa: ARG002 -- the protocol's
        if self.fault:
            raise EventAPIError(self.fault)

    def freshness(self, _url, _token, *, proof):  # noqa: ARG002 -- the protocol's
        return self.fresh


class Cloud:
    """A Panko on real servers. The test plays the kubelet, and the watches where `watched` is told."""

    def __init__(self, server, namespace, *, mariadb, keystone):
        self.server, self.namespace, self.mariadb, self.keystone = server, namespace, mariadb, keystone
        self.fake = MemoryWorld()
        self.client = RecordingClient(server.client())
        self.kube = KubeAPI(self.client, now=lambda: self.fake.time)
        self.event_api = EventAPI()
        world = dataclasses.replace(
            self.fake.world,
            kube=self.kube,
            database=DatabaseServers(),
            keystone=KeystoneServer(),
            event_api=self.event_api,
        )
        self.memory = Memory(world)

    def create(self):
        admin = {"OS_USERNAME": self.keystone.admin_username, "OS_PASSWORD": self.keystone.admin_password}
        self.secret("keystone-admin", {**KEYSTONE_ADMIN, **admin})
        self.secret(
            "database-admin", {"username": self.mariadb.admin_username, "password": self.mariadb.admin_password}
        )
        database = {**SPEC["database"], "host": self.mariadb.host, "port": self.mariadb.port}
        # A region and a user of the test's own: the Keystone is shared.
        keystone = {**SPEC["keystone"], "authURL": self.keystone.url, "region": self.namespace}
        spec = {**SPEC, "database": database, "keystone": {**keystone, "roles": ["reader"]}}
        panko = {"apiVersion": PANKO_API, "kind": "Panko", "metadata": {"name": "panko"}, "spec": spec}
        self.server.request("post", PANKOS.format(self.namespace), body=panko)

    def secret(self, name, data):
        body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data}
        self.server.request("post", f"/api/v1/namespaces/{self.namespace}/secrets", body=body)

    @property
    def panko(self):
        return self.memory.read(self.namespace, "panko")

    def reconcile(self):
        return self.memory.reconcile(self.panko).pace

    def settle(self):
        """Do passes, and what pods would do in between, until the Panko is settled and stays so."""
        settled = 0
        for _ in range(PASSES):
            settled = settled + 1 if self.reconcile() is Pace.SETTLED else 0
            if settled == 3:
                return
            self.run_pods()
        raise AssertionError(self.panko["status"]["conditions"][0])

    def run_pods(self):
        for path, kind in (("/apis/apps/v1", "deployments"), ("/apis/batch/v1", "jobs")):
            where = f"{path}/namespaces/{self.namespace}/{kind}"
            for live in self.server.request("get", where)["items"]:
                status = self._job() if kind == "jobs" else self._deployment(live)
                self.patch(f"{where}/{live['metadata']['name']}/status", {"status": status})
        self.watch()

    def patch(self, path, patch):
        self.server.request("patch", path, body=patch, content_type="application/merge-patch+json")

    def watch(self):
        """Let the watches tell of all workloads."""
        kinds = (("apps/v1", "Deployment"), ("batch/v1", "Job"))
        for api_version, kind in kinds:
            for live in self.kube.list(api_version, kind, self.namespace, labels={}):
                self.memory.store.put(live)

    def _deployment(self, live):
        counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas"), live["spec"]["replicas"])
        return {**counts, "observedGeneration": live["metadata"]["generation"]}

    def _job(self):
        with pymysql.connect(**self.login, database=self.database) as session:
            for table in marks.SCHEMA:
                session.cursor().execute(f"CREATE TABLE IF NOT EXISTS {table} (id INTEGER)")
        stamp = "2030-01-01T00:00:00Z"
        done = {"status": "True", "lastTransitionTime": stamp}
        conditions = [{"type": kind, **done} for kind in ("SuccessCriteriaMet", "Complete")]
        return {"startTime": stamp, "completionTime": stamp, "succeeded": 1, "conditions": conditions}

    @property
    def database(self):
        return f"panko_{self.namespace}_panko"

    @property
    def login(self):
        server = self.mariadb
        return {
            "host": server.host,
            "port": server.port,
            "user": server.admin_username,
            "password": server.admin_password,
        }

    def accounts(self):
        """Return the accounts that have grants on the Panko's database."""
        with pymysql.connect(**self.login) as session, session.cursor() as cursor:
            # Other Pankos' accounts are there too, where tests of theirs came first. Names are kept as patterns.
            cursor.execute("SELECT user, db FROM mysql.db WHERE user LIKE 'panko-%'")
            return {user for user, pattern in cursor.fetchall() if pattern.replace("\\", "") == self.database}

    def connections(self):
        """Return how many logins there were, this one included."""
        with pymysql.connect(**self.login) as session, session.cursor() as cursor:
            cursor.execute("SHOW GLOBAL STATUS LIKE 'Connections'")
            return int(cursor.fetchone()[1])

    def endpoints(self):
        return self.keystone.request("GET", f"/endpoints?region_id={self.namespace}")["endpoints"]


@pytest.fixture(scope="module")
def started(kube_apiserver, mariadb, keystone):
    cloud = Cloud(kube_apiserver, kube_apiserver.new_namespace(), mariadb=mariadb, keystone=keystone)
    cloud.create()
    yield cloud
    cloud.server.request("delete", PANKOS.format(cloud.namespace) + "/panko")
    cloud.memory.reconcile(cloud.panko)


@pytest.fixture
def cloud(started):
    """One Panko for all tests, settled before each."""
    started.settle()
    return started


@pytest.fixture
def authentications(monkeypatch):
    """The requests for tokens that this process has sent."""
    asked, send = [], requests.Session.send

    def counted(session, request, **options):
        if request.method == "POST" and request.url.endswith("/auth/tokens"):
            asked.append(request.url)
        return send(session, request, **options)

    monkeypatch.setattr(requests.Session, "send", counted)
    return asked


def costs(cloud, authentications):
    """Do one pass; return its API reads, writes, database logins and authentications at Keystone."""
    cloud.client.reads.clear()
    cloud.client.writes.clear()
    authentications.clear()
    before = cloud.connections()
    assert cloud.reconcile() is Pace.SETTLED
    logins = cloud.connections() - before - 1
    reads = [path for _, path in cloud.client.reads]
    return len(reads), len(cloud.client.writes), logins, len(authentications)


def test_a_settled_pass_reads_the_panko_alone_and_logs_in_nowhere(cloud, authentications):
    reads, writes, logins, asked = costs(cloud, authentications)
    print(f"settled pass: {reads} API reads, {writes} writes, {logins} logins, {asked} authentications")
    assert reads <= 2
    assert (writes, logins, asked) == (0, 0, 0)


def test_the_resync_looks_at_everything_and_mends_what_drifted_outside(cloud, authentications):
    accounts, endpoints = cloud.accounts(), cloud.endpoints()
    assert len(endpoints) == 3
    (api,) = [name for name in accounts if name.startswith("panko-api-")]
    with pymysql.connect(**cloud.login) as session:
        session.cursor().execute(f"DROP USER '{api}'")
    cloud.keystone.request("DELETE", f"/endpoints/{endpoints[0]['id']}")
    assert cloud.reconcile() is Pace.SETTLED
    assert api not in cloud.accounts()
    cloud.fake.time += RESYNC
    reads, _, logins, asked = costs(cloud, authentications)
    print(f"resync: {reads} API reads, {logins} logins, {asked} authentications")
    assert min(reads, logins, asked) > 2
    assert api in cloud.accounts()
    assert len(cloud.endpoints()) == 3


def harm_an_endpoint(cloud):
    """Somebody has all clients go elsewhere."""
    id_ = cloud.endpoints()[0]["id"]
    cloud.keystone.request("PATCH", f"/endpoints/{id_}", {"endpoint": {"url": "http://elsewhere"}})
    return lambda: all(one["url"] != "http://elsewhere" for one in cloud.endpoints())


def disable_the_service(cloud):
    """Somebody takes events out of the catalogue."""
    id_ = cloud.endpoints()[0]["service_id"]
    cloud.keystone.request("PATCH", f"/services/{id_}", {"service": {"enabled": False}})
    return lambda: cloud.keystone.request("GET", f"/services/{id_}")["service"]["enabled"]


@pytest.mark.parametrize("harm", [harm_an_endpoint, disable_the_service])
def test_what_clients_suffer_from_is_found_at_the_price_of_one_login_and_mended_before_the_resync(
    cloud, authentications, harm
):
    name = (cloud.namespace, "panko")
    cloud.client.reads.clear()
    cloud.client.writes.clear()
    authentications.clear()
    before = cloud.connections()
    assert not cloud.memory.is_unwell(name)
    logins = cloud.connections() - before - 1
    assert logins == 1  # of the API's own account, which is asked what it may
    assert (cloud.client.reads, cloud.client.writes, authentications) == ([], [], [])
    mended = harm(cloud)
    assert cloud.reconcile() is Pace.SETTLED  # knows nothing of it
    assert not mended()
    assert cloud.memory.is_unwell(name)
    cloud.reconcile()
    assert mended()
    cloud.settle()
    assert not cloud.memory.is_unwell(name)


def test_a_child_that_drifts_is_mended_at_once_and_is_no_drift_afterwards(cloud, authentications):
    path = f"/apis/apps/v1/namespaces/{cloud.namespace}/deployments/panko-api"
    cloud.patch(path, {"spec": {"replicas": 7}})
    cloud.watch()
    cloud.reconcile()
    assert cloud.server.request("get", path)["spec"]["replicas"] == 2
    cloud.run_pods()
    cloud.reconcile()  # other pods by now: they are asked
    assert costs(cloud, authentications)[1:] == (0, 0, 0)


def test_of_events_that_come_the_status_tells_by_one_write_in_minutes(cloud, authentications):
    name, now = (cloud.namespace, "panko"), cloud.fake.time
    cloud.event_api.fresh = Freshness(now, now, 7, 12.4, (ServiceFreshness("nova", now),))
    assert cloud.memory.is_unwell(name)
    assert costs(cloud, authentications)[1:] == (1, 0, 0)
    said = cloud.panko["status"]["ingest"]
    assert said["services"] == [{"name": "nova", "lastEventTime": said["lastEventTime"]}]
    cloud.event_api.fresh = dataclasses.replace(cloud.event_api.fresh, last=now + timedelta(minutes=4), number=8)
    assert not cloud.memory.is_unwell(name)
    assert costs(cloud, authentications)[1:] == (0, 0, 0)
    assert cloud.panko["status"]["ingest"] == said


class Triggered(list):
    """A queue that only remembers."""

    trigger = look = list.append


def test_what_no_watch_has_told_is_found_by_a_roll_call_that_costs_a_request_for_each_kind(cloud):
    queue, sightings = Triggered(), Sightings()
    store, now = cloud.memory.store, lambda: cloud.fake.time
    triggers = Triggers(queue, store=store, sightings=sightings, told=str, secrets_of=lambda _: frozenset())
    key = Key(cloud.namespace, "panko")
    sightings.note(key, cloud.panko)
    roll = RollCall(
        cloud.kube, triggers, store=store, liveness=Liveness(Echo(now), float), namespaces=[cloud.namespace], now=now
    )
    cloud.fake.time += timedelta(seconds=1)
    cloud.client.reads.clear()
    asyncio.run(roll.call())
    assert queue == []
    asked_for = [kind for kind in KINDS if kind.watch is not Watch.NONE]
    assert len(cloud.client.reads) <= len(asked_for) + sum(kind.optional for kind in asked_for)
    path = f"/apis/batch/v1/namespaces/{cloud.namespace}/cronjobs/panko-expirer"
    cloud.server.request("delete", path)
    cloud.reconcile()  # knows nothing of it
    cloud.fake.time += timedelta(seconds=75)
    asyncio.run(roll.call())
    assert queue == [key]
    cloud.reconcile()
    assert cloud.server.request("get", path)["metadata"]["name"] == "panko-expirer"
