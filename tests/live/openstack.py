"""The cluster's own OpenStack, used from the pod where a person of the cloud types."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from live.cluster import Cluster, Manifest
from live.waiting import until

NAMESPACE = "openstack"
CLIENT = "deploy/openstackclient"
CLIENT_LABELS = "app=openstackclient"
DOMAIN = f"{NAMESPACE}.svc.cluster.local"
KEYSTONE_URL = f"http://keystone.{DOMAIN}:5000/v3"
ADMIN_SECRETS = ("mariadb-root", "postgresql-root", "keystone-admin")
_ADMIN_VARIABLES = (
    "OS_USERNAME",
    "OS_PASSWORD",
    "OS_PROJECT_NAME",
    "OS_USER_DOMAIN_NAME",
    "OS_PROJECT_DOMAIN_NAME",
    "OS_REGION_NAME",
)
INSIDE = Path(__file__).parent / "inside"
PUBLISH = Path(__file__).resolve().parents[1] / "demo" / "publish.py"
NOTIFICATIONS = Path(__file__).resolve().parents[1] / "notifications"


@dataclass(frozen=True, slots=True)
class OpenStack:
    """The client pod. `environment` is added to its own, which is the cloud's administrator."""

    cluster: Cluster
    environment: tuple[str, ...] = ()

    def acting(self, **environment: str) -> "OpenStack":
        """Return the same client with other OS_* variables. None of them may be a secret: they are audited."""
        return OpenStack(self.cluster, (*self.environment, *(f"{key}={value}" for key, value in environment.items())))

    def of_before(self) -> "OpenStack":
        """Return the same client with pankoclient 1.2.0 where panko-client is: to compare what both print."""
        return self.acting(PATH="/opt/pankoclient/bin:/usr/local/bin:/usr/bin:/bin")

    def member(self, name: str, region: str) -> "Member":
        """Make a member of a project of the same name, who asks in a region."""
        path = f"/tmp/{name}.json"
        ids = self.script("member.py", name, region, path)
        unset = [word for variable in _ADMIN_VARIABLES for word in ("-u", variable)]
        config = (f"OS_CLIENT_CONFIG_FILE={path}", f"OS_CLOUD={name}")
        client = OpenStack(self.cluster, (*unset, *config))
        return Member(client, name, project=ids["project"], user=ids["user"])

    def run(self, *words: str, stdin: str | None = None, seconds: float = 120) -> str:
        """Run a program in the pod and return what it printed."""
        return self.cluster.kubectl(*self._inside(*words), stdin=stdin, seconds=seconds)

    def cli(self, *words: str) -> Any:
        """Run `openstack …` and return its answer."""
        return json.loads(self.run("openstack", *words, "--format=json"))

    def table(self, *words: str) -> str:
        """Run `openstack …` and return what a person sees."""
        return self.run("openstack", *words)

    def script(self, name: str, *words: str, stdin: str = "") -> Any:
        """Run one of the programs of `inside/` in the pod and return its JSON answer."""
        return json.loads(self.run("python", "-W", "ignore", "-c", (INSIDE / name).read_text(), *words, stdin=stdin))

    def background(self, name: str, *words: str, stdin: str) -> None:
        """Run one of the programs of `inside/` in the pod that goes on by itself there."""
        self.run("python", "-W", "ignore", "-c", (INSIDE / name).read_text(), *words, stdin=stdin)

    def publish(self, url: str, *words: str, notifications: Sequence[Manifest] | None = None) -> str:
        """Send notifications (all of the corpus by default) with ceilometer's own publisher; return its account."""
        sent = corpus() if notifications is None else notifications
        argv = ("python", "-W", "ignore", "-c", PUBLISH.read_text(), *words, "-", "-")
        return self.run(*argv, stdin=f"{url}\n{json.dumps(list(sent))}")

    @contextmanager
    def without_keystone(self) -> Iterator[None]:
        """Have nobody reach Keystone while the body runs. It runs on, because it starts slowly."""
        self._lead("keystone", "nobody")
        try:
            yield
        finally:
            self._lead("keystone", "keystone")

    def _lead(self, service: str, app: str) -> None:
        """Have a Service lead to these pods, and return when it does; a second later every node knows."""
        self.cluster.patch("service", service, NAMESPACE, {"spec": {"selector": {"app": app}}})

        def addresses() -> list[Manifest]:
            slices = self.cluster.items("endpointslices", NAMESPACE, labels=f"kubernetes.io/service-name={service}")
            found = [address for one in slices for address in one["endpoints"] or []]
            return [address for address in found if address["conditions"]["ready"]]

        until(lambda: bool(addresses()) == (app == service), f"{service} leads to {app}", seconds=60)

    @contextmanager
    def without_mariadb(self) -> Iterator[None]:
        """Stop MariaDB while the body runs, and wait until it is back."""
        self.cluster.scale("mariadb", NAMESPACE, 0)
        try:
            yield
        finally:
            self.cluster.scale("mariadb", NAMESPACE, 1)

    def admin_secrets(self, namespace: str) -> list[Manifest]:
        """Return copies of the administrators' Secrets for another namespace."""
        words = ("get", "secret", *ADMIN_SECRETS, f"--namespace={NAMESPACE}", "--output=json", "--ignore-not-found")
        found = json.loads(self.cluster.kubectl(*words))["items"]
        return [
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {"name": secret["metadata"]["name"], "namespace": namespace},
                "data": secret["data"],
            }
            for secret in found
        ]

    def pod(self) -> Manifest:
        """Return the client pod itself."""
        found = self.cluster.items("pods", NAMESPACE, labels=CLIENT_LABELS)
        return next(one for one in found if "deletionTimestamp" not in one["metadata"])

    def _inside(self, *words: str) -> tuple[str, ...]:
        return ("exec", "-i", f"--namespace={NAMESPACE}", CLIENT, "--", "env", *self.environment, *words)


@dataclass(frozen=True, slots=True)
class Member:
    """A user with the role member of one project, and the client that acts as that user."""

    client: OpenStack
    name: str
    project: str
    user: str

    def password(self) -> str:
        """Return what this user logs in with elsewhere; what is printed is not audited."""
        written = self.client.run("sh", "-c", 'exec cat "$OS_CLIENT_CONFIG_FILE"')
        return str(json.loads(written)["clouds"][self.name]["auth"]["password"])


def corpus() -> list[Manifest]:
    """Return the notifications of tests/notifications."""
    return [json.loads(path.read_text()) for path in sorted(NOTIFICATIONS.glob("*.json"))]
