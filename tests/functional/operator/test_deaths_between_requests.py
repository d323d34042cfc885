"""An operator that dies between two requests of one call of Keystone: the next one ends as if it had not.

Keystone is a real one; Kubernetes and the database are in memory. A death after a request that reads leaves what a
death before it left. `test_deaths_between_statements.py` is about the database.
"""

import copy
import dataclasses
import itertools
import re
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest
import requests

from fakes.dying import Deaths
from fakes.lives import live
from fakes.memory_world import KEYSTONE_ADMIN, SPEC, MemoryWorld
from panko_operator.keystone import KeystoneServer
from panko_operator.resource import ROTATE_ANNOTATION
from panko_operator.world.values import Endpoint, Owner, ServiceUser

# The SDK calls parts of itself that it deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::openstack.warnings.RemovedInSDK50Warning")
NUMBERS = itertools.count(1)
READS = ("GET", "HEAD", "OPTIONS")
PASSES = 40
DEATHS = 40
NEIGHBOUR = Owner("cluster-2", "openstack/panko", "uid-2")
KINDS = ("users", "projects", "services", "endpoints", "regions", "role_assignments?include_names")
A_RUN_OF_ITS_OWN = re.compile(r"[0-9a-f]{32}|(?<=-)[0-9a-f]{4}\b|(?<=deaths-)\d+|uid \S+")
USER = "panko-openstack-panko"


@pytest.fixture
def deaths(monkeypatch, keystone):
    counter, request = Deaths(), requests.Session.request

    def counted(session, method, url, *arguments, **options):
        path = urlsplit(url).path
        writes = url.startswith(keystone.url) and method not in READS and not path.endswith("/auth/tokens")
        kind = f"{method} {re.sub(r'[0-9a-f]{32}', 'ID', path)}"
        return counter(kind, lambda: request(session, method, url, *arguments, **options), writes=writes)

    monkeypatch.setattr(requests.Session, "request", counted)
    return counter


class Life:
    """One Panko from its making to its deletion with a real Keystone: a region and a project of its own in it."""

    def __init__(self, keystone, **spec):
        self.keystone, number = keystone, next(NUMBERS)
        cloud = {
            **SPEC["keystone"],
            "authURL": keystone.url,
            "region": f"deaths-{number}",
            "serviceProject": f"deaths-{number}",
            "serviceAuth": "ApplicationCredential",
            **spec,
        }
        self.memory = MemoryWorld({**SPEC, "publishers": [], "keystone": cloud, "rotation": {"retainPrevious": "1m"}})
        login = {"OS_USERNAME": keystone.admin_username, "OS_PASSWORD": keystone.admin_password}
        login["OS_PROJECT_NAME"] = keystone.admin_project
        self.memory.kube.put_secret("openstack", "keystone-admin", **{**KEYSTONE_ADMIN, **login})
        self.world = dataclasses.replace(self.memory.world, keystone=KeystoneServer())

    def live(self):
        """Let one process do passes until nothing is left to do."""
        live(self.memory, self.world, passes=PASSES)

    def create(self):
        """Change nothing: the Panko itself is what is new."""

    def rotate(self):
        self.memory.body["metadata"].setdefault("annotations", {})[ROTATE_ANNOTATION] = "keystone"

    def change(self):
        """Another user in another project, under another URL."""
        cloud = {**self.memory.body["spec"]["keystone"], "serviceUser": f"{USER}-dead"}
        project, url = f"{cloud['serviceProject']}-b", "http://events.test:8777"
        self.memory.edit(keystone={**cloud, "serviceProject": project, "endpoints": {"public": url}})

    def move(self):
        """The same user in another project with other roles."""
        cloud = self.memory.body["spec"]["keystone"]
        project = f"{cloud['serviceProject']}-b"
        self.memory.edit(keystone={**cloud, "serviceProject": project, "roles": ["service", "member"]})

    def unpublish(self):
        self.memory.edit(keystone={**self.memory.body["spec"]["keystone"], "publish": False})

    def mend(self):
        """Somebody has changed one thing of each."""
        ask = self.keystone.request
        disabled, moved, lost = [one["id"] for one in ask("GET", f"/endpoints?region_id={self.region}")["endpoints"]]
        ask("PATCH", f"/endpoints/{disabled}", {"endpoint": {"enabled": False}})
        ask("PATCH", f"/endpoints/{moved}", {"endpoint": {"url": "http://theirs.test"}})
        ask("DELETE", f"/endpoints/{lost}")
        user = self.user["id"]
        for one in ask("GET", f"/users/{user}/application_credentials")["application_credentials"]:
            ask("DELETE", f"/users/{user}/application_credentials/{one['id']}")
        (project,) = ask("GET", f"/projects?name={self.region}")["projects"]
        for role in ask("GET", f"/projects/{project['id']}/users/{user}/roles")["roles"]:
            ask("DELETE", f"/projects/{project['id']}/users/{user}/roles/{role['id']}")
        ask("PATCH", f"/users/{user}", {"user": {"enabled": False, "description": ""}})
        self.memory.time += timedelta(hours=1)

    def delete(self):
        self.memory.kube.delete_panko(self.memory.body, self.memory.time)

    @property
    def region(self):
        return self.memory.body["spec"]["keystone"]["region"]

    @property
    def user(self):
        (found,) = self.keystone.request("GET", f"/users?name={USER}")["users"]
        return found


def held(keystone):
    """Return all that Keystone holds of what the operator may write."""
    with httpx.Client(headers={"X-Auth-Token": keystone.admin_token()}, timeout=60) as client:

        def ask(path):
            return client.get(f"{keystone.url}/{path}").json()

        found = {kind: ask(kind) for kind in KINDS}
        things = {kind: sorted(map(_plain, next(iter(_lists(answer))))) for kind, answer in found.items()}
        things["applications"] = sorted(
            f"{one['name']} {sorted(role['name'] for role in one['roles'])} {one['description']}"
            for user in found["users"]["users"]
            if user["name"].startswith("panko")
            for one in ask(f"users/{user['id']}/application_credentials")["application_credentials"]
        )
    return things


def _lists(answer):
    return [value for value in answer.values() if isinstance(value, list)]


def _plain(thing):
    thing = copy.deepcopy(thing)
    thing.pop("links", None)
    return repr(sorted(thing.items(), key=lambda pair: pair[0]))


def picture(before, after):
    """Return what has come since, as another run would have it: without ids, and numbers of the run."""
    return {
        kind: sorted(A_RUN_OF_ITS_OWN.sub("ID", one) for one in after[kind] if one not in before[kind])
        for kind in after
    }


def gone(before, after):
    """Return what was there and is not any more, or is another by now."""
    return {kind: [one for one in before[kind] if one not in after[kind]] for kind in before}


NOTHING = {kind: [] for kind in (*KINDS, "applications")}
STAYS = ("projects", "regions")  # they may be others' by now


@pytest.fixture
def neighbour(keystone, admin_in):
    """A Panko of the same name in another cluster of the cloud, and a person."""
    server, admin = KeystoneServer(), admin_in("Neighbour")
    user = ServiceUser("panko-neighbour", "s3cret", "Default", "service", "Default", ("service",), NEIGHBOUR)
    server.ensure_service_user(admin, user)
    service = server.ensure_service(admin)
    urls = [Endpoint(interface, "http://neighbour.test:8777") for interface in ("public", "internal", "admin")]
    server.ensure_endpoints(admin, service, urls, owner=NEIGHBOUR, known=())
    yield
    server.withdraw_endpoints(admin, NEIGHBOUR, known=(), empty_service=True)
    server.delete_service_user(admin, user)


class Lives:
    """Lives that are the same but for the deaths in one step of them."""

    def __init__(self, keystone, deaths, step, **spec):
        self.keystone, self.deaths, self.step, self.spec = keystone, deaths, step, spec
        self.count = 0

    def run(self, die):
        """Return what Keystone held after the step. `die` does it, and is given what to do."""
        self.deaths.arm(armed=False)
        before, life = held(self.keystone), Life(self.keystone, **self.spec)
        if self.step != "create":
            life.live()
        getattr(life, self.step)()
        die(life.live)
        after = held(self.keystone)
        if life.memory.body is not None:
            life.delete()
            life.live()
        end = held(self.keystone)
        assert gone(before, end) == NOTHING
        left = picture(before, end)
        assert {kind: left[kind] for kind in left if kind not in STAYS} == {
            kind: [] for kind in left if kind not in STAYS
        }
        assert gone(before, after) == NOTHING
        return picture(before, after)

    def undisturbed(self):
        def live(process):
            self.deaths.arm(armed=False)
            process()
            self.count = len(self.deaths.sent)

        return self.run(live)

    def killed_each_time(self):
        def live(process):
            self.count = self.deaths.survive(process, bound=DEATHS)

        return self.run(live)


def compare(lives):
    """What a process finds that follows on a death is the same whether or not the one before followed on one too."""
    expected, sent = lives.undisturbed(), lives.count
    assert lives.killed_each_time() == expected
    print(f"{lives.step}: {sent} requests that write, {lives.count} deaths")
    assert min(sent, lives.count) > 1


@pytest.mark.parametrize("step", ["create", "delete"])
def test_what_is_made_and_removed_is_so_whenever_the_operator_dies(keystone, deaths, step):
    compare(Lives(keystone, deaths, step))


@pytest.mark.usefixtures("neighbour")
@pytest.mark.parametrize("step", ["rotate", "change", "move", "unpublish", "mend"])
def test_a_change_beside_a_neighbour_ends_the_same_whenever_the_operator_dies(keystone, deaths, step):
    compare(Lives(keystone, deaths, step))


@pytest.mark.usefixtures("neighbour")
def test_a_user_that_follows_another_does_so_whenever_the_operator_dies(keystone, deaths):
    compare(Lives(keystone, deaths, "rotate", serviceAuth="Password"))
