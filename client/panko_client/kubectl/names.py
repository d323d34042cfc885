"""What things of a Panko are called in the cluster. Pure; the operator makes the names, a test holds both together."""

from typing import Final

GROUP: Final = "panko.openstack.org"
KIND: Final = "pankos.panko.openstack.org"
PLAN: Final = f"{GROUP}/plan"
ROTATE: Final = f"{GROUP}/rotate"
RELEASE: Final = f"{GROUP}/release"
OPERATOR: Final = "app.kubernetes.io/name=panko-operator"
LEASE: Final = "panko-operator"
COMPONENT: Final = "app.kubernetes.io/component"
DEPLOYED: Final = ("api", "haproxy", "collector")  # components whose pods a Deployment keeps
COMPONENTS: Final = (*DEPLOYED, "dbsync", "expirer")  # all that have pods


def selector(name: str) -> str:
    """Return the labels of everything that belongs to a Panko."""
    return f"app.kubernetes.io/name=panko,app.kubernetes.io/instance={name}"


def deployment(name: str, component: str) -> str:
    """Return the Deployment of a component, which is one of those that are DEPLOYED."""
    return f"{name}-{component}"


def expirer(name: str) -> str:
    """Return the CronJob that deletes old events."""
    return f"{name}-expirer"
