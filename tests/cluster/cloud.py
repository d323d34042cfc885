"""The cluster's own OpenStack, in namespace `openstack`: databases, memcached, Keystone, and a pod with the clients."""

import base64
import json
import secrets
from functools import partial
from typing import Any

import images
from errors import ClusterError, WaitError
from kubectl import Kubectl
from paths import HERE
from progress import say, step, wait

NAMESPACE = "openstack"
KEYSTONE_URL = f"http://keystone.{NAMESPACE}.svc.cluster.local:5000/v3"
_FILES = ("mariadb", "postgresql", "memcached", "keystone", "openstackclient")
_SECONDS = 120
_ADMIN = {
    "OS_AUTH_URL": KEYSTONE_URL,
    "OS_IDENTITY_API_VERSION": "3",
    "OS_REGION_NAME": "RegionOne",
    "OS_INTERFACE": "public",
    "OS_USERNAME": "admin",
    "OS_USER_DOMAIN_NAME": "Default",
    "OS_PROJECT_NAME": "admin",
    "OS_PROJECT_DOMAIN_NAME": "Default",
}


def up(client: Kubectl) -> None:
    """Apply everything and wait until every Deployment is available; what is there already stays as it is."""
    folder = HERE / "openstack"
    client.apply_files([folder / "namespace.yaml"])
    _create_secrets(client)
    client.apply_files([folder / f"{name}.yaml" for name in _FILES])
    for image in images.OPENSTACK:
        if image.folders:
            _roll_out(client, image)
    for name in _FILES:
        with step(f"{name} available"):
            _await(client, name)
    say(f"\n  {KEYSTONE_URL}\n  kubectl exec -n {NAMESPACE} deploy/openstackclient -- openstack catalog list")


def _roll_out(client: Kubectl, image: images.Image) -> None:
    """Have pods of the image as it is now: what is built from folders changes often, and keeps its tag."""
    template = {"metadata": {"annotations": {"panko.example/image": images.fingerprint(image)}}}
    patch = json.dumps({"spec": {"template": template}})
    client.run("patch", "deployment", image.folder, f"--namespace={NAMESPACE}", "--type=merge", f"--patch={patch}")


def _available(client: Kubectl, name: str) -> bool:
    found = client.get("deployment", name, f"--namespace={NAMESPACE}")
    if found is None:
        return False
    status = found["status"]
    seen = status.get("observedGeneration") == found["metadata"]["generation"]
    return bool(seen and status.get("updatedReplicas") == status.get("availableReplicas") == found["spec"]["replicas"])


def _await(client: Kubectl, name: str) -> None:
    """Wait for a Deployment; what its containers said last goes into the error."""
    try:
        wait(partial(_available, client, name), f"deployment {name}", seconds=_SECONDS, interval=0.5)
    except WaitError as error:
        place = (f"--namespace={NAMESPACE}", f"--selector=app={name}")
        pods = client.run("get", "pods", *place)
        logs = client.run("logs", *place, "--all-containers", "--prefix", "--tail=15", "--ignore-errors")
        raise ClusterError(f"{error}\n{pods}\n{logs}") from error


def _create_secrets(client: Kubectl) -> None:
    """Make the Secrets that do not exist: passwords and keys are made once and never changed by us."""
    present = client.get("secrets", f"--namespace={NAMESPACE}") or {"items": []}
    names = {item["metadata"]["name"] for item in present["items"]}
    for secret in _secrets():
        if secret["metadata"]["name"] not in names:
            client.run("create", "--filename=-", stdin=json.dumps(secret))


def _secrets() -> list[dict[str, Any]]:
    keystone = secrets.token_urlsafe(18)
    server = f"mariadb.{NAMESPACE}.svc.cluster.local"
    database = f"mysql+pymysql://keystone:{keystone}@{server}/keystone?charset=utf8mb4"
    return [
        _secret("mariadb-root", {"username": "root", "password": secrets.token_urlsafe(18)}),
        _secret("postgresql-root", {"username": "postgres", "password": secrets.token_urlsafe(18)}),
        _secret("keystone-database", {"password": keystone, "connection": database}),
        _secret("keystone-fernet-keys", {"0": _fernet_key(), "1": _fernet_key()}),
        _secret("keystone-credential-keys", {"0": _fernet_key(), "1": _fernet_key()}),
        _secret("keystone-admin", {**_ADMIN, "OS_PASSWORD": secrets.token_urlsafe(18)}),
    ]


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _secret(name: str, content: dict[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "stringData": content,
    }
