"""Live objects as they were seen last: by a watch, a read or a write of ours. It asks the API server nothing.

Nothing in it is believed for longer than `fresh_for`, whatever the watches say: a stream that was cut and begins again
tells of no object that went in between. A list of names and versions that has them all as they are known (`miss`) is as
good as another look at each. An object is kept as packed text, in a twentieth of the room that dictionaries take, and
to read it costs little more than a copy would.
"""

import dataclasses
import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, NamedTuple

from panko_operator.resource import INSTANCE, MANAGED_BY, OPERATOR
from panko_operator.resource.kinds import Kind, Watch, find
from panko_operator.world import Manifest

PACKING: Final = 1  # quick, and good enough for what says the same names again and again
SWEPT_AFTER: Final = timedelta(minutes=1)
_OURS: Final = {MANAGED_BY: OPERATOR}


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
    """What was seen of an object, and when; without a body it is gone."""

    body: bytes | None
    labels: Mapping[str, str]
    version: int
    at: datetime

    @property
    def live(self) -> Manifest | None:
        """The object, for the caller alone."""
        return None if self.body is None else json.loads(zlib.decompress(self.body))

    def carries(self, labels: Mapping[str, str]) -> bool:
        """Tell whether the object has all labels."""
        return labels.items() <= self.labels.items()


class Store:
    """Safe for use by several threads: the watches write while passes read.

    Objects of a kind and namespace are in a room, on a shelf for each Panko: what a pass looks for costs the same with
    a thousand of them.
    """

    def __init__(self, now: Callable[[], datetime], *, fresh_for: timedelta) -> None:
        self._now = now
        self._fresh_for = fresh_for
        self._lock = Lock()
        self._seen: dict[Key, _Sighting] = {}
        self._rooms: defaultdict[Room, defaultdict[str | None, set[Key]]] = defaultdict(lambda: defaultdict(set))
        self._listed: dict[Room, datetime] = {}
        self._asking: defaultdict[Room, Lock] = defaultdict(Lock)
        self._swept = now()

    def get(self, key: Key) -> Manifest | None:
        """Return an object that was seen lately; None says nothing about whether it is there."""
        with self._lock:
            seen = self._seen.get(key)
        return None if seen is None or not self._is_fresh(seen.at) else seen.live

    def put(self, live: Manifest) -> None:
        """Remember an object, unless something newer is known of it. What no watch tells of is not remembered."""
        if is_covered(live):
            self._note(key_of(live), _sighting(live, self._now()))

    def gone(self, live: Manifest) -> None:
        """Remember that an object is gone, as a watch tells it: `live` is what it was in the end."""
        self._note(key_of(live), _Sighting(None, {}, version_of(live), self._now()))
        with self._lock:
            self._sweep()  # a standby does no passes, and has to stay small all the same

    def forget(self, key: Key) -> None:
        """Make the next read of an object a live one."""
        with self._lock:
            self._drop(key)

    def holds(self, live: Manifest) -> bool:
        """Tell whether a sighting of the object is kept, which a watch event should replace."""
        with self._lock:
            return key_of(live) in self._seen

    def is_news(self, live: Manifest) -> bool:
        """Tell whether an object is of another version than was seen; not so of one that was never seen."""
        with self._lock:
            seen = self._seen.get(key_of(live))
        return seen is not None and seen.version != version_of(live)

    def find(self, room: Room, labels: Mapping[str, str]) -> list[Manifest] | None:
        """Return the operator's objects of an instance that carry all labels; None when not all of them are known."""
        with self._lock:
            if not self._is_fresh(self._listed.get(room)):
                return None
            kept = [self._seen[key] for key in self._shelves_of(room).get(labels[INSTANCE], ())]
        return [live for seen in kept if seen.carries(labels) and (live := seen.live) is not None]

    @contextmanager
    def asking(self, room: Room) -> Iterator[None]:
        """Let one thread at a time ask for all objects of a kind in a namespace."""
        with self._lock:
            lock = self._asking[room]
        with lock:
            yield

    def fill(self, room: Room, found: list[Manifest], *, asked: datetime) -> None:
        """Remember all of the operator's objects of a kind in a namespace, as a list that was asked for told them."""
        names = {live["metadata"]["name"] for live in found}
        with self._lock:
            for key in [key for shelf in self._shelves_of(room).values() for key in shelf if key.name not in names]:
                seen = self._seen[key]
                if seen.at < asked and seen.carries(_OURS):
                    self._drop(key)
        for live in found:
            self.put(live)
        with self._lock:
            self._listed[room] = asked
            self._sweep()

    def miss(
        self, kind: Kind, found: Sequence[Manifest], *, namespaces: Collection[str], asked: datetime
    ) -> list[Manifest]:
        """Forget what is another one than a list of a kind tells; return what that is, or was when it is gone.

        The list was asked for at that time, and may hold metadata alone. It tells of all of the kind that are ours in
        these namespaces at least. Whatever it tells as it was known is believed from then on.
        """
        there = {key_of(live): live for live in found}
        with self._lock:
            before = {
                key: seen
                for key, seen in self._seen.items()
                if key[:2] == (kind.api_version, kind.kind) and seen.at < asked
            }
            missed = {key: seen for key, seen in before.items() if _is_another(there.get(key), seen)}
            unlisted = [live for key, live in there.items() if key not in self._seen and self._is_listed(key, live)]
            for key in (*missed, *map(key_of, unlisted)):
                self._drop(key)
                self._listed.pop(Room(*key[:3]), None)
            for key in before.keys() & there.keys() - missed.keys():
                if before[key].version:  # or it cannot be told from another one
                    self._seen[key] = dataclasses.replace(before[key], at=asked)
            for room in self._known(kind, there, namespaces):
                self._listed[room] = asked
        return [*(there.get(key) or seen.live or {} for key, seen in missed.items()), *unlisted]

    def _known(self, kind: Kind, there: Mapping[Key, Manifest], namespaces: Collection[str]) -> Iterator[Room]:
        """Yield the rooms of a kind of which everything is known that is ours."""
        unknown = {key.namespace for key, live in there.items() if _is_ours(live) and self._is_unknown(key, live)}
        return (Room(kind.api_version, kind.kind, namespace) for namespace in set(namespaces) - unknown)

    def _is_unknown(self, key: Key, live: Manifest) -> bool:
        return key not in self._seen or self._seen[key].version < version_of(live)

    def _is_listed(self, key: Key, live: Manifest) -> bool:
        return _is_ours(live) and self._is_fresh(self._listed.get(Room(*key[:3])))

    def _note(self, key: Key, sighting: _Sighting) -> None:
        with self._lock:
            before = self._seen.get(key)
            if before is None or not self._is_fresh(before.at) or sighting.version >= before.version:
                self._drop(key)
                self._seen[key] = sighting
                self._rooms[Room(*key[:3])][_shelf(sighting)].add(key)

    def _shelves_of(self, room: Room) -> Mapping[str | None, set[Key]]:
        return self._rooms.get(room, {})

    def _drop(self, key: Key) -> None:
        seen = self._seen.pop(key, None)
        if seen is None:
            return
        room, shelf = Room(*key[:3]), _shelf(seen)
        shelves = self._rooms[room]
        shelves[shelf].discard(key)
        if not shelves[shelf]:
            del shelves[shelf]
        if not shelves:
            del self._rooms[room]

    def _sweep(self) -> None:
        """Now and then drop what is stale: to look through everything for each list would cost the square of it."""
        now = self._now()
        if now - self._swept > SWEPT_AFTER:
            self._swept = now
            for key in [key for key, seen in self._seen.items() if not self._is_fresh(seen.at)]:
                self._drop(key)
            for room in [room for room, at in self._listed.items() if not self._is_fresh(at)]:
                del self._listed[room]

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


def _is_another(live: Manifest | None, seen: _Sighting) -> bool:
    """Tell whether an object is another one than was seen, or is there when it was gone, or gone when it was there."""
    return (live is None) != (seen.body is None) or (live is not None and version_of(live) != seen.version)


def _is_ours(live: Manifest) -> bool:
    return _labels(live).items() >= _OURS.items()


def _labels(live: Manifest) -> Mapping[str, str]:
    return live["metadata"].get("labels") or {}


def _sighting(live: Manifest, at: datetime) -> _Sighting:
    text = json.dumps(live, separators=(",", ":"), ensure_ascii=False).encode()
    return _Sighting(zlib.compress(text, PACKING), dict(_labels(live)), version_of(live), at)


def _shelf(sighting: _Sighting) -> str | None:
    return sighting.labels.get(INSTANCE)
