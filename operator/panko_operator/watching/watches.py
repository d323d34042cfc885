"""What kopf watches, as tables, and how each event becomes a trigger.

Of the objects only children and the Secrets that Pankos refer to are kept, in the store that passes read from.
"""

import asyncio
import dataclasses
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final

import kopf

from panko_operator.kube.connection import USER_AGENT
from panko_operator.kube.store import Store
from panko_operator.resource import MANAGED_BY, OPERATOR
from panko_operator.resource.kinds import KINDS, Kind, Watch
from panko_operator.watching.liveness import Liveness
from panko_operator.watching.queue import Key, Queue
from panko_operator.watching.sightings import Sightings

CHUNK: Final = 100
"""So many objects of a list are in memory at once, of each kind, until they are packed."""
_GROUP: Final = "panko.openstack.org"
_OURS: Final = f"{MANAGED_BY}={OPERATOR}"
_Name = tuple[str, str]  # of a Secret, behind its namespace


def configure(settings: kopf.OperatorSettings, *, clusterwide: bool) -> None:
    """Set kopf as a watcher that notices dead streams and asks the API server for no more than is needed."""
    settings.watching.inactivity_timeout = 70
    settings.watching.server_timeout = 300
    settings.watching.client_timeout = 330
    settings.watching.connect_timeout = 10
    settings.watching.chunk_size = CHUNK
    settings.networking.request_timeout = 30
    settings.networking.connect_timeout = 10
    settings.process.ultimate_exiting_timeout = 20
    settings.posting.enabled = False
    settings.scanning.disabled = not clusterwide  # it would ask for all namespaces
    settings.peering.standalone = True
    # Never used, and must not be ours: kopf takes its own finalizer away from objects it has no change handler for.
    settings.persistence.finalizer = f"{_GROUP}/kopf"
    settings.persistence.progress_storage = kopf.AnnotationsProgressStorage(prefix=_GROUP)
    settings.persistence.diffbase_storage = _NoDifferences()
    for kind in KINDS:
        if kind.watch is Watch.OURS:
            settings.watching.label_selectors[_where(kind)] = _OURS


def registry(triggers: "Triggers", liveness: Liveness) -> kopf.OperatorRegistry:
    """Return kopf's table of handlers."""
    table = kopf.OperatorRegistry()
    kopf.on.login(registry=table)(_login)
    kopf.on.probe(registry=table, id="liveness", errors=kopf.ErrorsMode.PERMANENT)(_probe(liveness))
    special = {"Panko": triggers.panko, "Secret": triggers.secret}
    for kind in KINDS:
        if kind.watch is not Watch.NONE:
            kopf.on.event(*_where(kind), registry=table, id=kind.plural)(special.get(kind.kind, triggers.child))
    return table


def _where(kind: Kind) -> tuple[str, str, str]:
    return kind.group, kind.version, kind.plural


class Triggers:
    """Turns watch events into triggers of the queue, after what they tell is in the store.

    `secrets_of` names the Secrets that the body of a Panko refers to. `listed` is set when a watch begins anew.
    """

    def __init__(
        self,
        queue: Queue,
        *,
        store: Store,
        sightings: Sightings,
        told: Callable[[str], None],
        secrets_of: Callable[[Any], frozenset[str]],
    ) -> None:
        self._queue = queue
        self._store = store
        self._told = told
        self._secrets_of = secrets_of
        self._references: dict[Key, frozenset[str]] = {}
        self._users: defaultdict[_Name, set[Key]] = defaultdict(set)  # the same, by Secret
        self.sightings = sightings
        self.listed = asyncio.Event()

    async def panko(self, event: Any, resource: kopf.Resource, **_: Any) -> None:
        """Trigger on anything but the status, which the passes themselves write."""
        self._heard(event, resource)
        if event["type"] == "DELETED":
            self._gone(event["object"])
        else:
            self._seen(event["object"], listed=event["type"] is None)

    async def child(self, event: Any, resource: kopf.Resource, **_: Any) -> None:
        """Trigger the Panko that owns the child."""
        await self._object(event, resource)

    async def secret(self, event: Any, resource: kopf.Resource, **_: Any) -> None:
        """Trigger the Pankos that own the Secret or refer to it."""
        await self._object(event, resource)

    async def missed(self, kind: Kind, live: Any) -> None:
        """Wake whom an object concerns that no event has told of; a Panko without a generation is gone."""
        if kind.kind != "Panko":
            for key in self._concerned(kind.kind, live):
                self._queue.trigger(key)
        elif "generation" in live["metadata"]:
            self._seen(live)
        else:
            self._gone(live)

    async def _object(self, event: Any, resource: kopf.Resource) -> None:
        self._heard(event, resource)
        wakes = self._concerned(resource.kind, event["object"])
        live = _whole(event, resource)
        # What a list tells may be as it was, or a change from while the watch was cut.
        wake = self._queue.look if event["type"] is None and not self._store.is_news(live) else self._queue.trigger
        self._remember(event["type"], live, wanted=bool(wakes))
        for key in wakes:
            wake(key)

    def _seen(self, body: Any, *, listed: bool = False) -> None:
        key = _key(body)
        self._refer(key, self._secrets_of(body))
        is_first = not self.sightings.has(key)
        if self.sightings.note(key, body):
            wake = self._queue.look if listed and is_first and _is_settled(body) else self._queue.trigger
            wake(key)

    def _gone(self, body: Any) -> None:
        key = _key(body)
        self._refer(key, frozenset())
        self.sightings.gone(key)
        self._queue.trigger(key)  # finds it gone, and ends the worker

    def _heard(self, event: Any, resource: kopf.Resource) -> None:
        self._told(resource.plural)
        if event["type"] is None:  # an item of a list
            self.listed.set()

    def _refer(self, key: Key, names: frozenset[str]) -> None:
        before = self._references.pop(key, frozenset())
        for name in before - names:
            self._users[key.namespace, name].discard(key)
            if not self._users[key.namespace, name]:
                del self._users[key.namespace, name]
        for name in names:
            self._users[key.namespace, name].add(key)
        if names:
            self._references[key] = names

    def _concerned(self, kind: str | None, live: Any) -> list[Key]:
        metadata = live["metadata"]
        users = self._users.get((metadata["namespace"], metadata["name"]), ()) if kind == "Secret" else ()
        return [*_owners(live), *users]

    def _remember(self, type_: str | None, live: Any, *, wanted: bool) -> None:
        """Keep what passes read. Whoever's other Secrets are is nothing to us."""
        if type_ == "DELETED":
            self._store.gone(live)
        elif wanted or self._store.holds(live):
            self._store.put(live)


def _whole(event: Any, resource: kopf.Resource) -> Any:
    """Return the object of an event: those of a list come without what all of them have in common."""
    api_version = f"{resource.group}/{resource.version}".lstrip("/")
    return {"apiVersion": api_version, "kind": resource.kind, **event["object"]}


def _owners(live: Any) -> list[Key]:
    metadata = live["metadata"]
    return [
        Key(metadata["namespace"], owner["name"])
        for owner in metadata.get("ownerReferences", ())
        if owner["kind"] == "Panko" and owner["apiVersion"].startswith(f"{_GROUP}/")
    ]


def _is_settled(body: Any) -> bool:
    """Tell whether every step was done for what a Panko says, as far as that is seen from itself."""
    metadata, settled = body["metadata"], (body.get("status") or {}).get("settled") or {}
    return "deletionTimestamp" not in metadata and settled.get("generation") == metadata["generation"]


def _key(body: Any) -> Key:
    return Key(body["metadata"]["namespace"], body["metadata"]["name"])


class _NoDifferences(kopf.DiffBaseStorage):
    """Lets kopf copy no object to see what changed of it: nobody here asks kopf, and it took a seventh of its time."""

    def build(self, **_: Any) -> kopf.BodyEssence:
        return kopf.BodyEssence()

    def fetch(self, **_: Any) -> kopf.BodyEssence | None:
        return None

    def store(self, **_: Any) -> None:
        """Store nothing."""


class _Login(kopf.ConnectionInfo):
    """What kopf logs in with, under the name of every other request of ours."""

    def as_http_headers(self) -> dict[str, str]:
        return {**super().as_http_headers(), "User-Agent": USER_AGENT}


def _login(**arguments: Any) -> kopf.ConnectionInfo | None:
    found = kopf.login_via_client(**arguments)
    return found and _Login(**{field.name: getattr(found, field.name) for field in dataclasses.fields(found)})


def _probe(liveness: Liveness) -> Callable[..., Any]:
    async def probe(**_: Any) -> None:
        liveness.check()

    return probe
