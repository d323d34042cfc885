"""Every kind of object that the operator touches, as one table. Pure.

From it come the paths of requests, the watches and what is pruned; the rules of the chart are held equal to it by a
test. A kind that is not here can be neither read nor written.
"""

import dataclasses
import enum
from collections.abc import Mapping
from typing import Final

from panko_operator.resource.panko import API_VERSION

_READ: Final = frozenset({"get", "list", "watch"})
_HAVE: Final = _READ | {"create", "patch"}  # server-side apply of what is not there is a create


class Watch(enum.Enum):
    """Which objects of a kind are watched."""

    NONE = "none"
    OURS = "those that bear the operator's label"
    ALL = "all"


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """One kind: where the API server has it, what is watched of it, and what the operator may do with it.

    What is `pruned` goes when a complete pass did not want it. What is `optional` belongs to an add-on of the cluster,
    and the API server may not know it: then there is nothing of it, and to make one is refused.
    """

    api_version: str
    kind: str
    plural: str
    verbs: frozenset[str]
    watch: Watch = Watch.NONE
    pruned: bool = False
    optional: bool = False
    subresources: Mapping[str, frozenset[str]] = dataclasses.field(default_factory=dict)

    @property
    def group(self) -> str:
        """The API group; that of core kinds is empty."""
        return self.api_version.rpartition("/")[0]

    @property
    def version(self) -> str:
        """The version within the group."""
        return self.api_version.rpartition("/")[2]


def _child(api_version: str, kind: str, plural: str, *, optional: bool = False) -> Kind:
    return Kind(api_version, kind, plural, _HAVE | {"delete"}, Watch.OURS, pruned=True, optional=optional)


KINDS: Final = (
    Kind(
        API_VERSION,
        "Panko",
        "pankos",
        _READ | {"patch"},
        Watch.ALL,
        # An owner reference that blocks the owner's deletion needs the second one where the API server is strict.
        subresources={"status": frozenset({"patch"}), "finalizers": frozenset({"update"})},
    ),
    # All of them: a Panko refers to Secrets that people make.
    Kind("v1", "Secret", "secrets", _HAVE | {"delete"}, Watch.ALL, pruned=True),
    _child("v1", "ConfigMap", "configmaps"),
    # A Panko has the same Services whatever its spec says.
    Kind("v1", "Service", "services", _HAVE, Watch.OURS),
    _child("apps/v1", "Deployment", "deployments"),
    _child("batch/v1", "CronJob", "cronjobs"),
    # A Job never changes. The step of the schema ends those that another replaces, before that one begins.
    Kind("batch/v1", "Job", "jobs", _READ | {"create", "delete"}, Watch.OURS),
    _child("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets"),
    _child("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies"),
    _child("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
    _child("monitoring.coreos.com/v1", "ServiceMonitor", "servicemonitors", optional=True),
    _child("monitoring.coreos.com/v1", "PodMonitor", "podmonitors", optional=True),
    _child("monitoring.coreos.com/v1", "PrometheusRule", "prometheusrules", optional=True),
    _child("keda.sh/v1alpha1", "ScaledObject", "scaledobjects", optional=True),
    _child("keda.sh/v1alpha1", "TriggerAuthentication", "triggerauthentications", optional=True),
    _child("networking.k8s.io/v1", "Ingress", "ingresses"),
    _child("gateway.networking.k8s.io/v1", "HTTPRoute", "httproutes", optional=True),
    _child("cert-manager.io/v1", "Certificate", "certificates", optional=True),
    # Whether the volume of an archive is there, for the conditions; people make it.
    Kind("v1", "PersistentVolumeClaim", "persistentvolumeclaims", frozenset({"get"})),
    # Why a pod does not start, for the conditions.
    Kind("v1", "Pod", "pods", frozenset({"list"})),
    Kind("v1", "Event", "events", frozenset({"get", "create", "patch"})),
    Kind("coordination.k8s.io/v1", "Lease", "leases", frozenset({"get", "create", "update"})),
)

_BY_NAME: Final = {(kind.api_version, kind.kind): kind for kind in KINDS}


def find(api_version: str, kind: str) -> Kind | None:
    """Return the row of a kind; None for one that the operator does not know."""
    return _BY_NAME.get((api_version, kind))
