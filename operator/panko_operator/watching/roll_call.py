"""Ask every now and then what there is, by names and versions alone, and wake who was not told of a change.

A watch that is cut and begins again tells of nothing that went in between, and an event may be lost anywhere. The
question costs a request for each kind, however many Pankos there are, and none of the passes.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

from panko_operator.errors import KubernetesError
from panko_operator.kube import PANKO_API
from panko_operator.kube.store import Store
from panko_operator.resource import MANAGED_BY, OPERATOR
from panko_operator.resource.kinds import KINDS, Kind, Watch
from panko_operator.watching.liveness import Liveness
from panko_operator.watching.queue import Key
from panko_operator.watching.sightings import Sighting
from panko_operator.watching.watches import Triggers
from panko_operator.world import Manifest

SECONDS: Final = 75.0  # spread by a third: with a pass behind it, a change is acted upon within two minutes
_BUNCH_SECONDS: Final = 2.0  # all watches begin again together when the API server does
_MOST_BUNCHES: Final = 15
_OURS: Final = {MANAGED_BY: OPERATOR}

_log = logging.getLogger(__name__)


class Surveyor(Protocol):
    """What a roll call needs of the API server."""

    def get(self, api_version: str, kind: str, name: str, namespace: str) -> Manifest | None:
        """Return the live object, or None."""

    def survey(
        self, api_version: str, kind: str, namespace: str | None, *, labels: Mapping[str, str]
    ) -> Sequence[Manifest]:
        """Return the metadata of the live objects that carry all labels, everywhere when there is no namespace."""


class RollCall:
    """Compares what the watches have told with what there is. `namespaces` are those that are watched; none is all."""

    def __init__(
        self,
        kube: Surveyor,
        triggers: Triggers,
        *,
        store: Store,
        liveness: Liveness,
        namespaces: Sequence[str],
        now: Callable[[], datetime],
    ) -> None:
        self._kube = kube
        self._triggers = triggers
        self._store = store
        self._liveness = liveness
        self._namespaces: Sequence[str | None] = namespaces or (None,)
        self._now = now

    async def run(self, *, gate: asyncio.Event, spread: Callable[[], float]) -> None:
        """Call the roll again and again, and soon after a watch began anew, from when this operator leads."""
        await gate.wait()
        while True:
            try:
                async with asyncio.timeout(SECONDS * (2 / 3 + 2 / 3 * spread())):
                    await self._triggers.listed.wait()
            except TimeoutError:
                pass
            await self._until_told()
            await self.call()

    async def _until_told(self) -> None:
        """Wait until what there is was told, or for so long: to ask in the middle would be to ask again behind it."""
        for _ in range(_MOST_BUNCHES):
            self._triggers.listed.clear()
            await asyncio.sleep(_BUNCH_SECONDS)
            if not self._triggers.listed.is_set():
                return

    async def call(self) -> None:
        """Compare once, and wake whoever was not told."""
        try:
            for kind, missed in await asyncio.to_thread(lambda: list(self._missed())):
                _log.info("%d changes of %s were not told by the watch", len(missed), kind.plural)
                self._liveness.missed(kind.plural)
                for live in missed:
                    await self._triggers.missed(kind, live)
        except KubernetesError as error:
            _log.warning("what there is cannot be compared with what the watches told: %s", error)

    def _missed(self) -> Iterator[tuple[Kind, list[Manifest]]]:
        known = self._triggers.sightings.known()
        for kind in KINDS:
            if kind.watch is Watch.NONE:
                continue
            asked = self._now()
            missed = self._pankos(kind, known) if kind.kind == "Panko" else self._others(kind, known, asked=asked)
            if missed:
                yield kind, missed

    def _pankos(self, kind: Kind, known: Mapping[Key, Sighting]) -> list[Manifest]:
        """Return the Pankos that are other ones than was told; of one that is gone the name alone."""
        found = {_key(live): live for live in self._survey(kind, self._namespaces, labels={})}
        changed = [
            key for key, live in found.items() if key not in known or Sighting.of(live).version > known[key].version
        ]
        bodies = [self._kube.get(PANKO_API, "Panko", key.name, key.namespace) for key in changed]
        gone = [
            {"metadata": {"namespace": key.namespace, "name": key.name, "uid": last.uid}}
            for key, last in known.items()
            if key not in found
        ]
        return [*(body for body in bodies if body is not None), *gone]

    def _others(self, kind: Kind, known: Mapping[Key, Sighting], *, asked: datetime) -> list[Manifest]:
        namespaces = sorted({key.namespace for key in known})
        if kind.watch is Watch.OURS:
            found = self._survey(kind, self._namespaces, labels=_OURS)
        else:  # Secrets: those of other namespaces are nothing to us, and many
            found = self._survey(kind, namespaces, labels={})
        return self._store.miss(kind, found, namespaces=namespaces, asked=asked)

    def _survey(self, kind: Kind, where: Sequence[str | None], *, labels: Mapping[str, str]) -> list[Manifest]:
        return [
            live
            for namespace in where
            for live in self._kube.survey(kind.api_version, kind.kind, namespace, labels=labels)
        ]


def _key(live: Manifest) -> Key:
    return Key(live["metadata"]["namespace"], live["metadata"]["name"])
