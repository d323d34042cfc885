"""What the operator remembers from one pass to the next, so that a pass over a settled Panko asks next to nothing.

Live objects, which the watches keep current, and what was verified in the database and in Keystone. Both are believed
until the next resync at the latest and lost with the process; a pass without them does the same, and takes longer.
A Panko that is deleted, or that is in trouble, is looked at as it is.
"""

import dataclasses
from datetime import timedelta
from typing import Final

from panko_operator.controller import reconcile
from panko_operator.controller.result import Pace
from panko_operator.kube import PANKO_API, CachedKube, Store
from panko_operator.verified import Verified
from panko_operator.world import Manifest, World

RESYNC: Final = timedelta(minutes=5)  # the shortest time between passes that nothing wakes


class Memory:
    """Passes over Pankos with what earlier ones have found out."""

    def __init__(self, world: World, *, lasts: timedelta = RESYNC) -> None:
        self._world = world
        self._verified = Verified(world.now, lasts=lasts)
        self.store = Store(world.now, fresh_for=lasts)

    def one_pass(self, namespace: str, name: str) -> Pace | None:
        """Read a Panko and reconcile it; return None when it is gone."""
        body = self._world.kube.get(PANKO_API, "Panko", name, namespace)
        if body is None:
            return None
        uid = body["metadata"]["uid"]
        pace = Pace.FAILED
        try:
            pace = reconcile.run(body, self._view(body)).pace
        finally:
            if pace in (Pace.FAILED, Pace.DELETING) or "deletionTimestamp" in body["metadata"]:
                self._verified.forget(uid)
        return pace

    def _view(self, body: Manifest) -> World:
        metadata = body["metadata"]
        if "deletionTimestamp" in metadata:
            return self._world
        kube = CachedKube(self._world.kube, self.store, self._world.now)
        world = dataclasses.replace(self._world, kube=kube)
        return self._verified.world(world, uid=metadata["uid"], generation=metadata["generation"])
