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
from panko_operator.monitoring import Meters
from panko_operator.monitoring.meters import GONE
from panko_operator.verified import Verified
from panko_operator.world import Manifest, World

RESYNC: Final = timedelta(minutes=5)  # the shortest time between passes that nothing wakes


class Memory:
    """Passes over Pankos with what earlier ones have found out."""

    def __init__(self, world: World, meters: Meters, *, lasts: timedelta = RESYNC) -> None:
        self._world = world
        self._meters = meters
        self._verified = Verified(world.now, lasts=lasts)
        self.store = Store(world.now, fresh_for=lasts)

    def one_pass(self, namespace: str, name: str) -> Pace | None:
        """Read a Panko and reconcile it; return None when it is gone."""
        body = self._world.kube.get(PANKO_API, "Panko", name, namespace)
        with self._meters.timed(body) as seen:
            if body is None:
                seen.result = GONE
                self._meters.forget(namespace, name)
                return None
            result = self._reconcile(body)
            seen.result = result.pace.value
            self._meters.tell(namespace, name, result.status)
            return result.pace

    def _reconcile(self, body: Manifest) -> Result:
        metadata = body["metadata"]
        pace = Pace.FAILED
        try:
            result = reconcile.run(body, self._view(body))
            pace = result.pace
        finally:
            if pace in (Pace.FAILED, Pace.DELETING) or "deletionTimestamp" in metadata:
                self._verified.forget(metadata["uid"])
        return result

    def _view(self, body: Manifest) -> World:
        metadata = body["metadata"]
        if "deletionTimestamp" in metadata:
            return self._world
        kube = CachedKube(self._world.kube, self.store, self._world.now)
        world = dataclasses.replace(self._world, kube=kube)
        return self._verified.world(world, uid=metadata["uid"], generation=metadata["generation"])
