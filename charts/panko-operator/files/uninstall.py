"""Refuse to uninstall the operator while there are Pankos that nobody would look after; else let it end in peace.

`helm uninstall` runs this first, in the operator's image, with an account that may read Pankos and the operator's
Lease, and scale the operator. It ends with 1 when there is a Panko, which ends the uninstall, and changes nothing then.
"""
# A program given to `python3 -c`, which speaks to a terminal:
# ruff: noqa: INP001, T201

import os
import sys
import time
from typing import Any

from kubernetes import client, config
from kubernetes.client.exceptions import ApiException

NOT_FOUND = 404
SHOWN = 10
LEASE = "panko-operator"
STOP_SECONDS = 40


def main(watched: str, release: str, revision: str) -> int:
    """Say which Pankos there are, and what to do with them; return the exit status.

    `release` names it as Helm's commands do: `-n panko-system panko-operator`.
    """
    found = pankos(watched)
    if not found:
        return 0
    names = ", ".join(sorted(found)[:SHOWN]) + (", …" if len(found) > SHOWN else "")
    print(
        f"REFUSED: {len(found)} Panko(s) are looked after: {names}. They would serve on, but nothing would be "
        "repaired, upgraded or rotated, and none could be deleted. Delete them first: `kubectl delete pankos --all "
        f"--all-namespaces`. To leave them as they are: `helm uninstall {release} --no-hooks`. To keep the operator: "
        f"`helm rollback {release} {revision}`, because Helm calls the release uninstalling now."
    )
    return 1


def stop(namespace: str, operator: str, *, seconds: float = STOP_SECONDS) -> None:
    """Scale the operator to none, and wait until it has given its Lease back.

    Helm takes its rights at the same time as its pods, and an operator that is installed again would have to wait until
    the Lease runs out, which it does by itself where anything of this fails.
    """
    end = time.monotonic() + seconds
    try:
        client.AppsV1Api().patch_namespaced_deployment_scale(operator, namespace, {"spec": {"replicas": 0}})
        while _is_held(namespace) and time.monotonic() < end:
            time.sleep(0.5)
    except ApiException as error:
        print(f"The operator is not waited for ({error.status} {error.reason}).")


def _is_held(namespace: str) -> bool:
    return bool(client.CoordinationV1Api().read_namespaced_lease(LEASE, namespace).spec.holder_identity)


def pankos(watched: str) -> list[str]:
    """Return all Pankos that the operator looks after, as namespace/name."""
    objects, kind = client.CustomObjectsApi(), ("panko.openstack.org", "v1beta1")
    try:
        if watched:
            lists = [objects.list_namespaced_custom_object(*kind, name, "pankos") for name in watched.split(",")]
        else:
            lists = [objects.list_cluster_custom_object(*kind, "pankos")]
    except ApiException as error:
        if error.status == NOT_FOUND:  # the definition is gone, and every Panko with it
            return []
        raise
    return [_name(item["metadata"]) for found in lists for item in found["items"]]


def _name(metadata: dict[str, Any]) -> str:
    return f"{metadata['namespace']}/{metadata['name']}"


if __name__ == "__main__":
    config.load_incluster_config()
    status = main(os.environ["WATCH_NAMESPACE"], *os.environ["RELEASE"].rsplit(" ", 1))
    if status == 0:
        stop(os.environ["NAMESPACE"], os.environ["OPERATOR"])
    sys.exit(status)
