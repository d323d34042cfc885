"""Give up a field without changing it: the number of a Deployment's pods, which an autoscaler is to choose.

Pure. A field that our next apply leaves out is removed where nobody else has it, and the number of pods becomes 1. So
before that apply another field manager takes the number over as it is; the autoscaler takes it from there.
"""

from typing import Any, Final

from panko_operator.world import Manifest

MANAGER: Final = "panko-operator-handover"


def of_replicas(body: Manifest, live: Manifest, *, manager: str) -> Manifest | None:
    """Return what MANAGER has to apply before `manager` applies `body`; None when the number is not given up.

    None as well when a pass that died has done so.
    """
    if body["kind"] != "Deployment" or "replicas" in body["spec"] or not _owns(live, manager):
        return None
    if _owns(live, MANAGER):
        return None
    metadata = {field: live["metadata"][field] for field in ("name", "namespace", "uid", "resourceVersion")}
    return {
        "apiVersion": body["apiVersion"],
        "kind": body["kind"],
        "metadata": metadata,
        "spec": {"replicas": live["spec"]["replicas"]},
    }


def _owns(live: Manifest, manager: str) -> bool:
    entries: list[Manifest] = live["metadata"].get("managedFields", [])
    return any(
        entry.get("manager") == manager
        and entry.get("operation") == "Apply"
        and "f:replicas" in _fields(entry).get("f:spec", {})
        for entry in entries
    )


def _fields(entry: Manifest) -> dict[str, Any]:
    fields: dict[str, Any] = entry.get("fieldsV1") or {}
    return fields
