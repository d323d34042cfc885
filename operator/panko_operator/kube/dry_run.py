"""`world.Kube` for a dry run: it reads from another one, and notes what would be written instead of writing it.

What was noted is there for whoever reads after it, as if it had been written and had come up: Jobs have completed, and
the pods of a Deployment are ready. So the steps after it go on. The bookkeeping on the Panko itself (its status,
finalizer and annotations) is no change that people ask for, and is left out.
"""

from collections.abc import Callable, Mapping
from typing import Final

from panko_operator.changes import Action, Change, Noting, Place
from panko_operator.corrections import Correcting, Correction, unnoticed
from panko_operator.errors import KindMissingError
from panko_operator.kube.api import FIELD_MANAGER
from panko_operator.kube.differences import compare, drift, fields
from panko_operator.kube.differences.surplus import of as surplus_of
from panko_operator.resource import ownership
from panko_operator.world import Kube, Manifest

_Key = tuple[str, str, str, str]


class DryKube:
    """A Kube before another one, which is never written to."""

    def __init__(self, live: Kube, noting: Noting) -> None:
        self._live = live
        self._noting = noting
        self._there: dict[_Key, Manifest | None] = {}  # what would have been written; None would be gone
        self.taken: set[str] = set()  # annotations of the Panko that would have been answered

    def get(self, api_version: str, kind: str, name: str, namespace: str) -> Manifest | None:
        """Return the object as it would be."""
        key = (api_version, kind, namespace, name)
        return self._there[key] if key in self._there else self._live.get(api_version, kind, name, namespace)

    def list(self, api_version: str, kind: str, namespace: str, *, labels: Mapping[str, str]) -> list[Manifest]:
        """Return the objects that would carry all labels."""
        found = {_key(live): live for live in self._live.list(api_version, kind, namespace, labels=labels)}
        for key, would in self._there.items():
            if key[:3] != (api_version, kind, namespace):
                continue
            found.pop(key, None)
            if would is not None and labels.items() <= would["metadata"].get("labels", {}).items():
                found[key] = would
        return list(found.values())

    def serves(self, api_version: str, kind: str) -> bool:
        """Tell whether the API server knows a kind."""
        return self._live.serves(api_version, kind)

    def apply(self, manifest: Manifest, *, correcting: Correcting = unnoticed) -> Manifest:
        """Note what an apply would change, and raise what it would raise; return the object as it would be."""
        body = compare.prepare(manifest)
        api_version, kind, metadata = body["apiVersion"], body["kind"], body["metadata"]
        if not self.serves(api_version, kind):
            raise KindMissingError(f"The cluster has no kind {kind} of {api_version}; install what brings it.")
        live = self.get(api_version, kind, metadata["name"], metadata["namespace"])
        if live is None:
            if not compare.is_create_only(body):
                correcting(Correction(kind, metadata["name"]))
            self._note(Action.CREATE, body)
            return self._put(body, {})
        owner = ownership.controller_uid(body)
        if owner is not None:
            ownership.require(live, owner)
        if compare.is_create_only(live):
            if not compare.is_equal(body, live):
                raise ownership.altered(live)
            return live
        places = fields.differing(body, live, manager=FIELD_MANAGER)
        if not places:
            return live
        _correct(body, live, correcting)
        self._note(Action.CHANGE, body, places)
        return self._put(body, live)

    def delete(self, live: Manifest) -> bool:
        """Note that an object would be deleted."""
        self._note(Action.REMOVE, live)
        self._there[_key(live)] = None
        return True

    def patch_status(self, panko: Manifest, status: Manifest) -> None:
        """Do nothing: whoever makes a dry run writes the status."""

    def add_finalizer(self, panko: Manifest) -> None:
        """Do nothing: it is bookkeeping."""

    def remove_finalizer(self, panko: Manifest) -> None:
        """Do nothing: what it is taken from is deleted next."""

    def mark(self, panko: Manifest, _key: str, _value: str) -> Manifest:
        """Do nothing: it is bookkeeping."""
        return panko

    def annotate(self, _panko: Manifest, key: str, value: str | None) -> None:
        """Remember which annotation would have been answered."""
        if value is None:
            self.taken.add(key)

    def cluster_id(self) -> str:
        """Return what tells clusters apart."""
        return self._live.cluster_id()

    def emit(self, panko: Manifest, *, event_type: str, reason: str, message: str) -> None:
        """Do nothing: nothing has happened."""

    def _note(self, action: Action, about: Manifest, places: tuple[str, ...] = ()) -> None:
        self._noting(Change(Place.KUBERNETES, action, about["kind"], about["metadata"]["name"], places))

    def _put(self, body: Manifest, live: Manifest) -> Manifest:
        would = _come_up(_merged(body, live))
        self._there[_key(body)] = would
        return would


def _key(live: Manifest) -> _Key:
    metadata = live["metadata"]
    return live["apiVersion"], live["kind"], metadata["namespace"], metadata["name"]


def _correct(body: Manifest, live: Manifest, correcting: Correcting) -> None:
    """Tell what others have changed, as an apply does: whoever is told may raise to leave it."""
    if not compare.is_applied(body, live):
        drifted = drift.of(body, live, manager=FIELD_MANAGER)
        if drifted is not None:
            correcting(drifted)
    else:
        correcting(drift.at(body, live, surplus_of(body, live)[0], manager=FIELD_MANAGER))


def _merged(body: Manifest, live: Manifest) -> Manifest:
    """Return an object as it would be after an apply, as far as steps read it."""
    before = live.get("metadata", {})
    generation, uid = before.get("generation", 0) + 1, before.get("uid", f"planned {body['kind']}")
    metadata = {**before, **body["metadata"], "generation": generation, "uid": uid}
    merged = {**live, **body, "metadata": metadata}
    if "spec" in body:  # what is not said stays as it is
        merged["spec"] = {**live.get("spec", {}), **body["spec"]}
    return merged


def _deployment(live: Manifest) -> Manifest:
    live["spec"].setdefault("replicas", 1)
    counted = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas"), live["spec"]["replicas"])
    return {**counted, "observedGeneration": live["metadata"]["generation"]}


def _job(_live: Manifest) -> Manifest:
    return {"conditions": [{"type": "Complete", "status": "True"}]}


_UP: Final[Mapping[str, Callable[[Manifest], Manifest]]] = {"Deployment": _deployment, "Job": _job}


def _come_up(live: Manifest) -> Manifest:
    status = _UP.get(live["kind"])
    return {**live, "status": status(live)} if status else live
