"""The kinds that the operator touches, as a table.

A table instead of the client's discovery: that one asks the API server for everything it serves and keeps the answers
in a file of a shared directory. A new child needs a line here and a rule in the operator's role.
"""

from typing import Any, Final

from kubernetes.dynamic.resource import Resource

from panko_operator.errors import KubernetesError

PANKO_API: Final = "panko.openstack.org/v1beta1"

PLURALS: Final[dict[tuple[str, str], str]] = {
    ("v1", "ConfigMap"): "configmaps",
    ("v1", "Event"): "events",
    ("v1", "Pod"): "pods",
    ("v1", "Secret"): "secrets",
    ("v1", "Service"): "services",
    ("apps/v1", "Deployment"): "deployments",
    ("batch/v1", "CronJob"): "cronjobs",
    ("batch/v1", "Job"): "jobs",
    ("coordination.k8s.io/v1", "Lease"): "leases",
    ("policy/v1", "PodDisruptionBudget"): "poddisruptionbudgets",
    (PANKO_API, "Panko"): "pankos",
}


def resource(client: Any, api_version: str, kind: str) -> Any:
    """Return the client's resource for a kind of the table."""
    try:
        plural = PLURALS[api_version, kind]
    except KeyError:
        raise KubernetesError(f"The operator does not know the kind {api_version} {kind}") from None
    group, _, version = api_version.rpartition("/")
    return Resource(
        prefix="apis" if group else "api",
        group=group or None,
        api_version=version,
        kind=kind,
        namespaced=True,
        name=plural,
        client=client,
    )
