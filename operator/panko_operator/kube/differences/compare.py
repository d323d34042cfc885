"""Whether a live object already is what a manifest says, so that nothing is sent for nothing.

**The question.** A pass builds every child again and would send each of them, a dozen for a Panko, and of all Pankos
again at every resync. The API server would change nothing and still pay for each: admission webhooks, authorization, an
audit line. So a pass asks first: is live what I want?

**Why that is not `live == manifest`.** The API server hands back far more than was sent. It fills in defaults
(`protocol: TCP`), allocates (`clusterIP`, `nodePort`), writes figures its own way (`1000m` as `1`) and adds a status.
Others write too: a sidecar is injected, an autoscaler annotates. All of that is live and none of it is ours, so it is
not looked at. What is left to compare is one direction: *every field of the manifest is found in live*.

**Why that is not enough either.** A field that the last manifest had and this one has not is found nowhere in the
manifest, and so never missed: a toleration that was taken out of the spec would stay for ever. Server-side apply
removes such a field, if only something is sent. Therefore each apply leaves a digest of the manifest as an annotation.
When the digests differ, what we want has changed, whichever way.

And some places are ours as a whole: a selector with one more entry finds no pod. `surplus` knows them.

So live is what I want when **all three** hold:

1. the digest on it is the manifest's: *we* have not changed our mind since the last apply;
2. every field of the manifest is found in it: *nobody else* has changed what we own;
3. in the places that are ours as a whole there is nothing else: *nobody else* has added to them.

**An example.** The manifest, and what the API server has:

    spec:                                  spec:
      replicas: 2                            replicas: 2
      template: {spec: {containers:          template: {spec: {containers:
        - name: api                            - name: api
          resources: {limits: {cpu: 1000m}}      resources: {limits: {cpu: "1"}}
                                                 terminationMessagePath: /dev/termination-log
                                               - name: injected-proxy
    metadata: {annotations:                metadata: {annotations:
      panko.openstack.org/applied: 1f…}      panko.openstack.org/applied: 1f…}

Nothing is sent: the digests are equal, `1000m` is `1`, and neither the default nor the proxy is ours. Now somebody
scales to 7: the digests are equal still, but `replicas: 2` is not found, so the manifest is sent and the 7 is gone. Now
somebody adds a node selector: all of the manifest is found, but a node selector is ours also where we have none, so it
is taken out. Now the limit is taken out of the Panko: every field of the new manifest is found, but its digest is
another, so it is sent, and the API server, which knows that the limit was ours, removes it.

**What is given up** and has to stay as it is, the number of pods that an autoscaler is to choose from now on, is handed
over first: `handover` tells.

**Two limits.** Of a Secret's data the digest takes the keys alone: it can be read by more people than the Secret. A
value that changes is found by the second rule. And an item of a list of objects is found where any live item has all
of its fields, because the server may reorder and add to it; a list of plain values has to be equal.

What can never be changed, a Job or an immutable Secret, is not compared by digest: its name says what it holds, so it
is either right or somebody else's. `is_equal` tells.

Pure.
"""

import base64
import hashlib
import json
from typing import Any, Final

from panko_operator.kube.differences import surplus
from panko_operator.kube.differences.matching import is_found
from panko_operator.world import Manifest

APPLIED: Final = "panko.openstack.org/applied"
# Lists of rules, in which one more, or one peer more in one of them, says something else. An apply replaces them.
_EXACT: Final = {"NetworkPolicy": ("ingress", "egress"), "HorizontalPodAutoscaler": ("metrics",)}
_CREATE_ONLY: Final = frozenset({"Job"})


def prepare(manifest: Manifest) -> Manifest:
    """Return the manifest as it is sent: no write-only fields, no version, and with its digest as an annotation."""
    body = {key: value for key, value in manifest.items() if key != "stringData"}
    body["metadata"] = {key: value for key, value in manifest["metadata"].items() if key != "resourceVersion"}
    if "stringData" in manifest:
        encoded = {key: _base64(value) for key, value in manifest["stringData"].items()}
        body["data"] = {**manifest.get("data", {}), **encoded}
    metadata = body["metadata"]
    annotations = {**metadata.get("annotations", {}), APPLIED: digest(body)}
    return {**body, "metadata": {**metadata, "annotations": annotations}}


def digest(body: Manifest) -> str:
    """Return a digest that is stable across processes and releases; of a Secret's data it takes the keys only."""
    seen = body
    if body["kind"] == "Secret":
        seen = {**body, "data": sorted(body.get("data", {}))}
    canonical = json.dumps(seen, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def is_create_only(live: Manifest) -> bool:
    """Tell whether an object can never be changed, only replaced under another name."""
    return live["kind"] in _CREATE_ONLY or live.get("immutable") is True


def is_current(body: Manifest, live: Manifest) -> bool:
    """Tell whether a prepared manifest needs no write."""
    return is_applied(body, live) and not surplus.of(body, live)


def is_applied(body: Manifest, live: Manifest) -> bool:
    """Tell whether all of a prepared manifest is there, whatever else is."""
    applied = live["metadata"].get("annotations", {}).get(APPLIED)
    return applied == body["metadata"]["annotations"][APPLIED] and not inexact(body, live) and is_found(body, live)


def inexact(body: Manifest, live: Manifest) -> list[str]:
    """Return the fields of the spec that have to be equal as a whole, and are not."""
    exact = [field for field in _EXACT.get(body["kind"], ()) if field in body["spec"]]
    return [field for field in exact if body["spec"].get(field) != live["spec"].get(field)]


def is_equal(body: Manifest, live: Manifest) -> bool:
    """Tell whether a live object that cannot be changed holds what the manifest says, whoever made it."""
    content = ("spec", "data", "binaryData", "stringData", "immutable")
    extra = set(live.get("data", {})) - set(body.get("data", {}))  # files that we did not mean to mount
    return not extra and all(is_found(body[field], live.get(field)) for field in content if field in body)


def merge_patch(old: Any, new: Any) -> Any:
    """Return the JSON merge patch (RFC 7386) that turns one mapping into the other."""
    patch: dict[str, Any] = dict.fromkeys(old.keys() - new.keys())
    for key, value in new.items():
        if isinstance(value, dict) and isinstance(old.get(key), dict):
            inner = merge_patch(old[key], value)
            if inner:
                patch[key] = inner
        elif key not in old or old[key] != value:
            patch[key] = value
    return patch


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
