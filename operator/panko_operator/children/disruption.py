"""The PodDisruptionBudgets: a drained node takes one pod of a kind at a time, unless the spec says otherwise.

Pure. There is none for a single pod: it would only keep the node from being drained.
"""

from panko_operator.resource import Panko
from panko_operator.world import Manifest


def api(panko: Panko) -> Manifest | None:
    """Build the budget of the API's pods; None for fewer than two."""
    return budget(panko, panko.api_name, component="api", replicas=panko.spec.most_replicas)


def haproxy(panko: Panko) -> Manifest | None:
    """Build the budget of HAProxy's pods; None for fewer than two."""
    wanted = panko.spec.haproxy
    return budget(panko, panko.haproxy_name, component="haproxy", replicas=wanted.replicas if wanted.enabled else 0)


def collector(panko: Panko, *, most: int) -> Manifest | None:
    """Build the budget of the collector's pods; None for fewer than two."""
    return budget(panko, panko.collector_name, component="collector", replicas=most)


def budget(panko: Panko, name: str, *, component: str, replicas: int) -> Manifest | None:
    """Build a budget over the pods of a component."""
    if replicas < 2:  # noqa: PLR2004 - one pod and no pod need no budget
        return None
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": panko.metadata(name, component),
        "spec": {
            "maxUnavailable": panko.spec.pod_disruption_budget.max_unavailable,
            "selector": {"matchLabels": panko.selector(component)},
            "unhealthyPodEvictionPolicy": "AlwaysAllow",  # a pod that is broken anyway must not hold up a node
        },
    }
