"""Pure: the Pankos as the watch told of them last, so that an answer from before that is known for what it is.

An API server may answer from a cache that is behind the watch: with the body from before an edit, without the mark of a
deletion, or with "not found" for what was just made. Such an answer is no reason to settle.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from panko_operator.kube.store import version_of
from panko_operator.watching.queue import Key
from panko_operator.world import Manifest


@dataclasses.dataclass(frozen=True, slots=True)
class Sighting:
    """What an event told of a Panko. `identity` is what makes it another one for us."""

    uid: str
    generation: int
    version: int
    deleted: bool
    identity: object

    @classmethod
    def of(cls, live: Any) -> "Sighting":
        """Read the metadata of a Panko; nothing else is needed."""
        metadata = live["metadata"]
        deleted = "deletionTimestamp" in metadata
        about = (metadata.get("annotations"), metadata.get("finalizers"))
        identity = (metadata["uid"], metadata["generation"], about, deleted)
        return cls(metadata["uid"], metadata["generation"], version_of(live), deleted, identity)


class Sightings:
    """The last sighting of each Panko. The watch writes while passes read."""

    def __init__(self) -> None:
        self._last: dict[Key, Sighting] = {}

    def note(self, key: Key, live: Any) -> bool:
        """Remember a Panko; return whether it is another one for us than before."""
        before, self._last[key] = self._last.get(key), Sighting.of(live)
        return before is None or before.identity != self._last[key].identity

    def has(self, key: Key) -> bool:
        """Tell whether a Panko was seen before."""
        return key in self._last

    def gone(self, key: Key) -> None:
        """Remember that a Panko is gone."""
        self._last.pop(key, None)

    def known(self) -> Mapping[Key, Sighting]:
        """Return all of them."""
        return dict(self._last)

    def is_behind(self, key: Key, body: Manifest | None) -> bool:
        """Tell whether an answer is from before what the watch has told: it has to be asked for again."""
        last = self._last.get(key)
        if last is None:
            return False
        if body is None or body["metadata"]["uid"] != last.uid:
            return True
        now = Sighting.of(body)
        return now.generation < last.generation or now.version < last.version or (last.deleted and not now.deleted)
