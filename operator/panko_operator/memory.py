"""What the operator remembers from one pass to the next, so that a pass over a settled Panko asks next to nothing.

Live objects, which the watches keep current, and what was verified in the database and in Keystone. Both are believed
until the next resync at the latest and lost with the process; a pass without them does the same, and takes longer.
A Panko that is deleted, or that is in trouble, is looked at as it is.
"""

import dataclasses
from datetime import timedelta
from typing import Final

from panko_operator.controller import reconcile
from panko_operator.controller.result import Pace, Result
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

    def read(self, namespace: str, name: str) -> Manifest | None:
        """Return a Panko as it is, or None when it is gone."""
        return self._world.kube.get(PANKO_API, "Panko", name, namespace)

    def reconcile(self, body: Manifest) -> Result:
        """Do one pass over a Panko that was just read."""
        settled = False
        try:
            result = reconcile.run(body, self._view(body))
            settled = result.pace in (Pace.SETTLED, Pace.WAITING)
        finally:
            if not settled or _is_deleted(body):
                self._verified.forget(body["metadata"]["uid"])
        return result

    def _view(self, body: Manifest) -> World:
        if _is_deleted(body):
            return self._world
        kube = CachedKube(self._world.kube, self.store, self._world.now)
        world = dataclasses.replace(self._world, kube=kube)
        return self._verified.world(world, body)


def _is_deleted(body: Manifest) -> bool:
    return "deletionTimestamp" in body["metadata"]
