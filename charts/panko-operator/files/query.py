"""Ask Pankos one authenticated question each, as their service users, through the catalogue if they are in it.

`helm test` runs this in the operator's image with the operator's own permissions. It reads, changes nothing, shows no
secret, and ends with 1 unless every Panko answered.
"""
# A program given to `python3 -c`, which speaks to a terminal:
# ruff: noqa: INP001, T201

import base64
import os
import sys
from collections.abc import Iterator
from typing import Any

from keystoneauth1 import adapter, exceptions, session
from keystoneauth1.identity import v3
from kubernetes import client, config

TIMEOUT_SECONDS = 10


def main(wanted: str, watched: str) -> int:
    """Ask, say what came back, and return the exit status."""
    pankos = list(find(wanted, watched))
    if not pankos:
        print("FAILED: there is no Panko to ask. Apply one, wait until it is Ready, and run the test again.")
        return 1
    return max(report(panko) for panko in pankos)


def find(wanted: str, watched: str) -> Iterator[dict[str, Any]]:
    """Yield the Panko `<namespace>/<name>`; all that the operator looks after when that is empty."""
    pankos = client.CustomObjectsApi()
    kind = ("panko.openstack.org", "v1beta1")
    if wanted:
        namespace, name = wanted.split("/")
        yield pankos.get_namespaced_custom_object(*kind, namespace, "pankos", name)
    elif watched:
        for namespace in watched.split(","):
            yield from pankos.list_namespaced_custom_object(*kind, namespace, "pankos")["items"]
    else:
        yield from pankos.list_cluster_custom_object(*kind, "pankos")["items"]


def report(panko: dict[str, Any]) -> int:
    """Print one line about a Panko; return 1 when it did not answer."""
    name = f"{panko['metadata']['namespace']}/{panko['metadata']['name']}"
    if panko["spec"]["replicas"] == 0:
        print(f"skipped {name}: it hibernates (replicas: 0)")
        return 0
    try:
        print(f"ok {name}: {ask(panko)}")
    except (exceptions.ClientException, client.ApiException) as error:
        reason = error.reason if isinstance(error, client.ApiException) else error
        print(f"FAILED {name}: {reason}. `kubectl -n {name.replace('/', ' describe panko ')}` says more.")
        return 1
    return 0


def ask(panko: dict[str, Any]) -> str:
    """List one event with a token of the service user; return what was asked and answered."""
    keystone = panko["spec"]["keystone"]
    login = read_secret(panko["metadata"]["namespace"], f"{panko['metadata']['name']}-keystone-user")
    user = v3.Password(
        auth_url=keystone["authURL"],
        username=login["username"],
        password=login["password"],
        user_domain_name=keystone["userDomain"],
        project_name=keystone["serviceProject"],
        project_domain_name=keystone["projectDomain"],
    )
    api = adapter.Adapter(
        session.Session(user, timeout=TIMEOUT_SECONDS, redirect=False),
        service_type="event",
        interface="internal",
        region_name=keystone["region"],
        endpoint_override=address(panko),
    )
    answer = api.get("/v2/events?limit=1")
    return f"GET {answer.url} answered {answer.status_code} with {len(answer.json())} event(s)"


def address(panko: dict[str, Any]) -> str | None:
    """Return where to ask a Panko that is not in the catalogue; None for one that is."""
    if panko["spec"]["keystone"].get("publish", True):
        return None
    metadata = panko["metadata"]
    return f"http://{metadata['name']}.{metadata['namespace']}.svc:{panko['spec']['service']['port']}"


def read_secret(namespace: str, name: str) -> dict[str, str]:
    """Return the values of a Secret."""
    data = client.CoreV1Api().read_namespaced_secret(name, namespace).data
    return {key: base64.b64decode(value).decode() for key, value in data.items()}


if __name__ == "__main__":
    config.load_incluster_config()
    sys.exit(main(os.environ["PANKO"], os.environ["WATCH_NAMESPACE"]))
