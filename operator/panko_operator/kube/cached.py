"""`world.Kube` that reads from the store what the watches keep current, and everything else live.

A stale answer may cost a request, and never an object: only what *is there* is believed, so whatever is missing is
looked for live before it is made; a write reads live before it sends anything, deletes one uid and no other, and its
answer is what is known afterwards; a refusal means that the next look is a live one.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from panko_operator.corrections import Correcting, unnoticed
from panko_operator.errors import FoughtOverError, KubernetesError
from panko_operator.kube.differences import compare
from panko_operator.kube.store import Key, Room, Store, key_of
from panko_operator.resource import MANAGED_BY, OPERATOR, ownership
from panko_operator.resource.kinds import Watch, find
from panko_operator.world import Kube, Manifest


class CachedKube:
    """A Kube before another one, which is asked where the store does not know."""

    def __init__(self, live: Kube, store: Store, now: Callable[[], datetime]) -> None:
        self._live = live
        self._store = store
        self._now = now

    def get(self, api_version: str, kind: str, name: str, namespace: str) -> Manifest | None:
        """Return the object, or None after a live look."""
        if not _is_child(api_version, kind):
            return self._live.get(api_version, kind, name, namespace)
        key = Key(api_version, kind, namespace, name)
        return self._store.get(key) or self._look(key)

    def serves(self, api_version: str, kind: str) -> bool:
        """Tell whether the API server knows a kind."""
        return self._live.serves(api_version, kind)

    def list(self, api_version: str, kind: str, namespace: str, *, labels: Mapping[str, str]) -> list[Manifest]:
        """Return the objects that carry all labels; of kinds that the operator makes only its own."""
        if not _is_child(api_version, kind):
            return self._live.list(api_version, kind, namespace, labels=labels)
        room, wanted = Room(api_version, kind, namespace), {**labels, MANAGED_BY: OPERATOR}
        known = self._store.find(room, wanted)
        if known is not None:
            return known
        with self._store.asking(room):  # the passes that come together share one answer, which may be large
            known = self._store.find(room, wanted)
            if known is not None:
                return known
            asked = self._now()
            found = self._live.list(api_version, kind, namespace, labels={MANAGED_BY: OPERATOR})
            self._store.fill(room, found, asked=asked)
        return [live for live in found if wanted.items() <= live["metadata"]["labels"].items()]

    def apply(self, manifest: Manifest, *, correcting: Correcting = unnoticed) -> Manifest:
        """Apply unless the object is known to be what the manifest says."""
        body = compare.prepare(manifest)
        key = key_of(body)
        known = self._store.get(key)
        if known is not None and _is_settled(body, known):
            return known
        try:
            live = self._live.apply(manifest, correcting=correcting)
        except (KubernetesError, FoughtOverError):
            self._store.forget(key)
            raise
        self._store.put(live)
        return live

    def delete(self, live: Manifest) -> bool:
        """Delete this very object."""
        try:
            return self._live.delete(live)
        finally:
            self._store.forget(key_of(live))

    def patch_status(self, panko: Manifest, status: Manifest) -> None:
        """Write the status of the Panko, which is always read live."""
        self._live.patch_status(panko, status)

    def add_finalizer(self, panko: Manifest) -> None:
        """Keep the Panko until `remove_finalizer`."""
        self._live.add_finalizer(panko)

    def remove_finalizer(self, panko: Manifest) -> None:
        """Let a Panko, or the copy of its logins, go."""
        try:
            self._live.remove_finalizer(panko)
        finally:
            self._store.forget(key_of(panko))

    def mark(self, panko: Manifest, key: str, value: str) -> Manifest:
        """Add an annotation to the Panko."""
        return self._live.mark(panko, key, value)

    def annotate(self, panko: Manifest, key: str, value: str | None) -> None:
        """Replace an annotation of the Panko, or take it away."""
        self._live.annotate(panko, key, value)

    def cluster_id(self) -> str:
        """Return what tells clusters apart."""
        return self._live.cluster_id()

    def emit(self, panko: Manifest, *, event_type: str, reason: str, message: str) -> None:
        """Record a Kubernetes Event about the Panko."""
        self._live.emit(panko, event_type=event_type, reason=reason, message=message)

    def _look(self, key: Key) -> Manifest | None:
        found = self._live.get(key.api_version, key.kind, key.name, key.namespace)
        if found is not None:
            self._store.put(found)
        return found


def _is_child(api_version: str, kind: str) -> bool:
    known = find(api_version, kind)
    return known is not None and known.watch is not Watch.NONE and kind != "Panko"


def _is_settled(body: Manifest, known: Manifest) -> bool:
    """Tell whether a prepared manifest needs neither a write nor a second look at whose the object is."""
    owner = ownership.controller_uid(body)
    if owner is None or not ownership.is_controlled(known, owner) or "deletionTimestamp" in known["metadata"]:
        return False
    return compare.is_equal(body, known) if compare.is_create_only(known) else compare.is_current(body, known)
