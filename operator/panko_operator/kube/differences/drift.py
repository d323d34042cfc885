"""What somebody else has changed about a live object, and who. Pure.

An object that is another one because the manifest is has not drifted: the digest on it is that of another manifest.
"""

from collections.abc import Sequence
from typing import Any

from panko_operator.corrections import Correction
from panko_operator.kube.differences import compare, handover
from panko_operator.kube.differences.matching import is_found
from panko_operator.world import Manifest

Path = Sequence[str | int]


def of(body: Manifest, live: Manifest, *, manager: str) -> Correction | None:
    """Return the first difference to a prepared manifest that `manager` has not made itself; None without one."""
    annotations = live["metadata"].get("annotations") or {}
    if annotations.get(compare.APPLIED) != body["metadata"]["annotations"][compare.APPLIED]:
        return None
    path = _differing(body, live)
    found = at(body, live, path, manager=manager)
    # Only the keys of a Secret are in its digest: a value that nobody else has written is a new one of ours.
    ours = body["kind"] == "Secret" and path[:1] == ["data"] and _is_there(live, path) and not found.by
    return None if ours else found


def at(body: Manifest, live: Manifest, path: Path, *, manager: str) -> Correction:
    """Return the correction of a place in a live object."""
    field = ".".join(map(str, path))
    return Correction(body["kind"], body["metadata"]["name"], field, _other_manager(live, path, manager))


def _differing(wanted: Any, live: Any) -> list[str]:
    """Return the path to the first difference, as far as mappings lead."""
    if isinstance(wanted, dict) and isinstance(live, dict):
        for key, value in wanted.items():
            if not is_found({key: value}, live):
                return [key, *_differing(value, live.get(key))]
    return []


def _is_there(live: Any, path: Path) -> bool:
    for step in path:
        if not isinstance(live, dict) or step not in live:
            return False
        live = live[step]
    return True


def _other_manager(live: Manifest, path: Path, ours: str) -> str:
    """Return the field manager that wrote a place last, other than us; empty when none did."""
    entries: list[Manifest] = live["metadata"].get("managedFields") or []
    others = [one for one in entries if one.get("manager") not in (ours, handover.MANAGER) and _has(one, path)]
    newest = max(others, key=lambda one: str(one.get("time", "")), default=None)
    return str(newest["manager"]) if newest else ""


def _has(entry: Manifest, path: Path) -> bool:
    fields: Any = entry.get("fieldsV1") or {}
    for step in path:
        if isinstance(step, int):
            break
        if f"f:{step}" not in fields:
            return False
        fields = fields[f"f:{step}"]
    return bool(path)
