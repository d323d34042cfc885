"""Live objects as they were seen last: by a watch, a read or a write of ours. It asks the API server nothing.

Nothing in it is believed for longer than `fresh_for`, whatever the watches say: a stream that was cut and begins again
tells of no object that went in between.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple

from panko_operator.kube.differences.plain import copied
from panko_operator.resource import MANAGED_BY, OPERATOR
from panko_operator.resource.kinds import Kind, Watch, find
from panko_operator.world import Manifest


class Key(NamedTuple):
    """Which object."""

    api_version: str
    kind: str
    namespace: str
    name: str


class Room(NamedTuple):
    """All objects of a kind in a namespace."""

    api_version: str
    kind: str
    namespace: str


@dataclasses.dataclass(frozen=True, slots=True)
class _Sighting:
    live: Manifest | None  # None is an object that is gone
    version: int
    at: datetime


class Store:
    """Safe for use by several threads: the watches write while passes read."""

    def __init__(self, now: Callable[[], datetime], *, fresh_for: timedelta) -> None:
        self._now = now
        self._fresh_for = fresh_for
        self._lock = Lock()
        self._seen: dict[Key, _Sighting] = {}
        self._listed: dict[Room, datetime] = {}

    def get(self, key: Key) -> Manifest | None:
        """Return an object that was seen lately; None says nothing about whether it is there."""
        with self._lock:
            seen = self._seen.get(key)
            return None if seen is None or not self._is_fresh(seen.at) else copied(seen.live)

    def put(self, live: Manifest) -> None:
        """Remember an object, unless something newer is known of it. What no watch tells of is not remembered."""
        if is_covered(live):
            self._note(key_of(live), _Sighting(copied(live), version_of(live), self._now()))

    def gone(self, live: Manifest) -> None:
        """Remember that an object is gone, as a watch tells it: `live` is what it was in the end."""
        self._note(key_of(live), _Sighting(None, version_of(live), self._now()))
        with self._lock:  # a standby does no passes, and has to stay small all the same
            self._drop_stale()

    def forget(self, key: Key) -> None:
        """Make the next read of an object a live one."""
        with self._lock:
            self._seen.pop(key, None)

    def holds(self, live: Manifest) -> bool:
        """Tell whether a sighting of the object is kept, which a watch event should replace."""
        with self._lock:
            return key_of(live) in self._seen

    def find(self, room: Room, labels: Mapping[str, str]) -> list[Manifest] | None:
        """Return the operator's objects that carry all labels; None when not all of them are known."""
        with self._lock:
            if not self._is_fresh(self._listed.get(room)):
                return None
            found = [seen.live for key, seen in self._seen.items() if key[:3] == room and seen.live is not None]
            return [copied(live) for live in found if _carries(live, labels)]

    def fill(self, room: Room, found: list[Manifest], *, asked: datetime) -> None:
        """Remember all of the operator's objects of a kind in a namespace, as a list that was asked for told them."""
        names = {live["metadata"]["name"] for live in found}
        with self._lock:
            for key, seen in list(self._seen.items()):
                if key[:3] == room and key.name not in names and seen.at < asked and _is_ours(seen.live):
                    del self._seen[key]
        for live in found:
            self.put(live)
        with self._lock:
            self._listed[room] = asked
            self._drop_stale()

    def miss(self, kind: Kind, found: Sequence[Manifest], *, asked: datetime) -> list[Manifest]:
        """Forget what is another one than a list of a kind tells; return what that is, or was when it is gone.

        The list was asked for at that time, and may hold metadata alone.
        """
        there = {key_of(live): live for live in found}
        with self._lock:
            before = {
                key: seen
                for key, seen in self._seen.items()
                if key[:2] == (kind.api_version, kind.kind) and seen.at < asked
            }
            missed = [
                there.get(key) or seen.live or {}
                for key, seen in before.items()
                if (there.get(key) is None) != (seen.live is None) or _is_newer(there.get(key), seen)
            ]
            unlisted = [live for key, live in there.items() if key not in self._seen and self._is_listed(key, live)]
            for live in (*missed, *unlisted):
                self._seen.pop(key_of(live), None)
                self._listed.pop(Room(*key_of(live)[:3]), None)
        return [*missed, *unlisted]

    def _is_listed(self, key: Key, live: Manifest) -> bool:
        return _is_ours(live) and self._is_fresh(self._listed.get(Room(*key[:3])))

    def _note(self, key: Key, sighting: _Sighting) -> None:
        with self._lock:
            before = self._seen.get(key)
            if before is None or not self._is_fresh(before.at) or sighting.version >= before.version:
                self._seen[key] = sighting

    def _drop_stale(self) -> None:
        for key in [key for key, seen in self._seen.items() if not self._is_fresh(seen.at)]:
            del self._seen[key]

    def _is_fresh(self, at: datetime | None) -> bool:
        return at is not None and self._now() - at < self._fresh_for


def key_of(live: Manifest) -> Key:
    """Return which object a live one is."""
    metadata = live["metadata"]
    return Key(live["apiVersion"], live["kind"], metadata["namespace"], metadata["name"])


def version_of(live: Manifest) -> int:
    """Return the resource version, which grows with every change of anything of the kind (KEP-5504)."""
    text = str(live["metadata"].get("resourceVersion", ""))
    return int(text) if text.isdecimal() else 0


def is_covered(live: Manifest) -> bool:
    """Tell whether a watch tells of every change of an object."""
    kind = find(live["apiVersion"], live["kind"])
    if kind is None or kind.watch is Watch.NONE:
        return False
    return kind.watch is Watch.ALL or _is_ours(live)


def _is_newer(live: Manifest | None, seen: _Sighting) -> bool:
    return live is not None and version_of(live) > seen.version


def _is_ours(live: Manifest | None) -> bool:
    return live is not None and _carries(live, {MANAGED_BY: OPERATOR})


def _carries(live: Manifest, labels: Mapping[str, str]) -> bool:
    return labels.items() <= (live["metadata"].get("labels") or {}).items()
