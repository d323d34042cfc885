"""What somebody has added inside of a place that is ours as a whole, which server-side apply alone leaves there.

A selector with one more entry matches no pod, a toleration or a node selector moves pods, a variable changes what a
program does: in such places an entry that the manifest does not have is wrong, also where the manifest has nothing at
all. Everything else others may add to: labels and annotations (those of a pod template too: `kubectl rollout restart`
writes one), containers and volumes beside ours, fields that the manifest does not name, and a number that it leaves to
an autoscaler. Nor is a default of the API server an addition.

Pure.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from panko_operator.kube.differences.matching import is_found
from panko_operator.world import Manifest

Path = tuple[str | int, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class _Whole:
    """A place where nothing is that the manifest does not have; `deep` says so of what is in its items, too."""

    deep: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class _Named:
    """A list in which others may have items beside ours; ours are found by their names."""

    within: "Mapping[str, Place]"


Place = _Whole | _Named | Mapping[str, Any]

_WHOLE: Final = _Whole()
_ITEMS: Final = _Whole(deep=False)  # of which the API server fills in a good deal
# By the API server, in items of a list.
_FILLED_IN: Final = frozenset({"protocol", "nodePort", "targetPort", "apiVersion"})

_CONTAINER: Final = dict.fromkeys(
    ("command", "args", "env", "envFrom", "ports", "volumeMounts", "securityContext", "lifecycle"), _WHOLE
) | {"resources": {"requests": _WHOLE, "limits": _WHOLE}}
_POD: Final = dict.fromkeys(
    (
        "nodeName",
        "nodeSelector",
        "tolerations",
        "affinity",
        "topologySpreadConstraints",
        "imagePullSecrets",
        "hostAliases",
        "hostNetwork",
        "hostPID",
        "hostIPC",
        "securityContext",
    ),
    _WHOLE,
) | {"containers": _Named(_CONTAINER)}
_TEMPLATE: Final = {"spec": _POD}

_OF_KIND: Final[Mapping[str, Place]] = {
    "ConfigMap": {"data": _WHOLE, "binaryData": _WHOLE},
    "Secret": {"data": _WHOLE},
    "Service": {"spec": {"selector": _WHOLE, "ports": _WHOLE}},
    "Deployment": {"spec": {"selector": _WHOLE, "paused": _WHOLE, "template": _TEMPLATE}},
    "CronJob": {"spec": {"jobTemplate": {"spec": {"template": _TEMPLATE}}}},
    "PodDisruptionBudget": {"spec": {"selector": _WHOLE, "minAvailable": _WHOLE}},
    # Within a rule a path may be added: an issuer of certificates proves by one that the host is ours.
    "Ingress": {"spec": {"rules": _ITEMS, "tls": _ITEMS}},
    "HTTPRoute": {"spec": {"parentRefs": _ITEMS, "hostnames": _ITEMS, "rules": _ITEMS}},
    "NetworkPolicy": {"spec": {"podSelector": _WHOLE, "policyTypes": _ITEMS, "ingress": _ITEMS, "egress": _ITEMS}},
    "HorizontalPodAutoscaler": {"spec": {"metrics": _ITEMS}},
    "ServiceMonitor": {"spec": {"selector": _WHOLE, "namespaceSelector": _WHOLE, "endpoints": _ITEMS}},
    "PrometheusRule": {"spec": {"groups": _ITEMS}},
    "Certificate": {"spec": {"dnsNames": _ITEMS, "ipAddresses": _ITEMS, "uris": _ITEMS, "emailAddresses": _ITEMS}},
}


def of(body: Manifest, live: Manifest) -> list[Path]:
    """Return where in the live object additions are, each so that those before it stay where they are."""
    return list(_in(_OF_KIND.get(body["kind"], {}), body, live))[::-1]


def removal(live: Manifest, paths: Sequence[Path]) -> list[Manifest]:
    """Return the JSON patch (RFC 6902) that takes them out of this very version of the object."""
    version = live["metadata"]["resourceVersion"]
    unchanged = {"op": "test", "path": "/metadata/resourceVersion", "value": version}
    return [unchanged, *({"op": "remove", "path": pointer(path)} for path in paths)]


def pointer(path: Path) -> str:
    """Write a path as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def _in(place: Place, wanted: Any, live: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(place, _Whole):
        yield from _beyond(wanted, live, path, deep=place.deep)
    elif isinstance(place, _Named):
        ours = {item["name"]: item for item in wanted or ()}
        for index, item in enumerate(live or ()):
            if item["name"] in ours:
                yield from _in(place.within, ours[item["name"]], item, (*path, index))
    elif isinstance(live, dict):
        for key, inner in place.items():
            if key in live:
                yield from _in(inner, (wanted or {}).get(key), live[key], (*path, key))


def _beyond(wanted: Any, live: Any, path: Path, *, deep: bool) -> Iterator[Path]:
    """Return what is in live and not in wanted, at any depth or not."""
    if not live:
        return
    if not wanted:
        yield path
    elif isinstance(live, dict) and isinstance(wanted, dict):
        for key, value in live.items():
            if key in wanted:
                yield from _beyond(wanted[key], value, (*path, key), deep=deep)
            elif not (key in _FILLED_IN and any(isinstance(step, int) for step in path)):
                yield (*path, key)
    elif isinstance(live, list) and isinstance(wanted, list):
        yield from _items_beyond(wanted, live, path, deep=deep)


def _items_beyond(wanted: list[Any], live: list[Any], path: Path, *, deep: bool) -> Iterator[Path]:
    for index, item in enumerate(live):
        ours = next((one for one in wanted if is_found(one, item)), None)
        if ours is None:
            yield (*path, index)
        elif deep:
            yield from _beyond(ours, item, (*path, index), deep=deep)
