"""Pure: whether a live object already is what a manifest says, so that nothing is sent for nothing.

Two things have to hold. The digest that the last apply left on the object equals the manifest's: nothing was added to,
changed in or *removed from* what we want. And every field of the manifest is found in the live object: nobody changed
what we own. What others own (a node port, a sidecar, a default) is not looked at.
"""

import base64
import hashlib
import json
from typing import Any, Final

from kubernetes.utils.quantity import parse_quantity

from panko_operator.world import Manifest

APPLIED: Final = "panko.openstack.org/applied"
_CREATE_ONLY: Final = frozenset({"Job"})


def prepare(manifest: Manifest) -> Manifest:
    """Return the manifest as it is sent: no write-only fields, and with its digest as an annotation."""
    body = {key: value for key, value in manifest.items() if key != "stringData"}
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
    """Tell whether a prepared manifest needs no apply."""
    applied = live["metadata"].get("annotations", {}).get(APPLIED)
    return applied == body["metadata"]["annotations"][APPLIED] and _found(body, live)


def is_equal(body: Manifest, live: Manifest) -> bool:
    """Tell whether a live object that cannot be changed holds what the manifest says, whoever made it."""
    content = ("spec", "data", "binaryData", "stringData", "immutable")
    extra = set(live.get("data", {})) - set(body.get("data", {}))  # files that we did not mean to mount
    return not extra and all(_found(body[field], live.get(field)) for field in content if field in body)


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


def _found(wanted: Any, live: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(live, dict) and all(_found_in(wanted[key], live, key) for key in wanted)
    if isinstance(wanted, list) and any(isinstance(item, dict) for item in wanted):
        return isinstance(live, list) and all(any(_found(item, other) for other in live) for item in wanted)
    return bool(wanted == live) or _same_quantity(wanted, live)


def _found_in(wanted: Any, live: Manifest, key: str) -> bool:
    if key not in live:
        return not wanted  # the API server leaves empty and zero values out
    return _found(wanted, live[key])


def _same_quantity(wanted: Any, live: Any) -> bool:
    """Tell whether two texts are one quantity: the API server stores 1000m as 1."""
    if not isinstance(wanted, str | int | float) or not isinstance(live, str):
        return False
    try:
        return bool(parse_quantity(wanted) == parse_quantity(live))
    except (ValueError, ArithmeticError):
        return False


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
