"""What the operator remembers from one pass to the next, so that a pass over a settled Panko asks next to nothing.

Live objects, which the watches keep current, and what was verified in the database and in Keystone. Both are believed
until the next resync at the latest and lost with the process; a pass without them does the same, and takes longer.
A Panko that is deleted, or that is in trouble, is looked at as it is. In between `is_unwell` tells of one whether it
still serves, and what was verified of one that does not is believed no longer.
"""

import dataclasses
import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final

from panko_operator.controller import reconcile
from panko_operator.controller.result import Pace, Result
from panko_operator.errors import OperatorError
from panko_operator.kube import PANKO_API, CachedKube, Store
from panko_operator.pulse import Listener, Name, Pulses
from panko_operator.verified import Verified
from panko_operator.world import Manifest, World

RESYNC: Final = timedelta(minutes=5)  # the shortest time between passes that nothing wakes

_log = logging.getLogger(__name__)


class Memory:
    """Passes over Pankos with what earlier ones have found out.

    `told` hears when a Panko's last event was stored, whenever that is asked for.
    """

    def __init__(
        self,
        world: World,
        *,
        lasts: timedelta = RESYNC,
        told: Callable[[Name, datetime], None] = lambda _name, _last: None,
    ) -> None:
        self._world = world
        self._verified = Verified(world.now, lasts=lasts)
        self._pulses = Pulses(world, told)
        self.store = Store(world.now, fresh_for=lasts)

    def read(self, namespace: str, name: str) -> Manifest | None:
        """Return a Panko as it is, or None when it is gone."""
        body = self._world.kube.get(PANKO_API, "Panko", name, namespace)
        if body is None:
            self._pulses.forget((namespace, name))
        return body

    def reconcile(self, body: Manifest) -> Result:
        """Do one pass over a Panko that was just read."""
        settled, result = False, None
        world = self._view(body)
        listener = Listener(world.event_api)
        fresh = self._pulses.reading((body["metadata"]["namespace"], body["metadata"]["name"]))
        try:
            result = reconcile.run(body, dataclasses.replace(world, event_api=listener, freshness=fresh))
            settled = result.pace in (Pace.SETTLED, Pace.WAITING)
        finally:
            self._pulses.note(body, result, listener.asked)
            if not settled or _is_deleted(body):
                self._verified.forget(body["metadata"]["uid"])
        return result

    def serving(self) -> Collection[Name]:
        """Return the Pankos that were found to serve, by namespace and name."""
        return self._pulses.names()

    def is_unwell(self, name: Name) -> bool:
        """Ask what a Panko serves, as its clients do and without a login; return whether a pass has to look at it."""
        pulse = self._pulses.of(name)
        if pulse is None:
            return False
        if pulse.is_over(self._world.now()):
            self._verified.forget(pulse.uid, "query")  # which the pass asks with another token
            return True
        try:
            self._pulses.feel(name, pulse)
        except OperatorError as error:
            _log.warning("%s/%s is looked at: %s", *name, error)
            self._verified.forget(pulse.uid)
            return True
        return self._pulses.read(name, pulse)

    def _view(self, body: Manifest) -> World:
        if _is_deleted(body):
            return self._world
        kube = CachedKube(self._world.kube, self.store, self._world.now)
        world = dataclasses.replace(self._world, kube=kube)
        return self._verified.world(world, body)


def _is_deleted(body: Manifest) -> bool:
    return "deletionTimestamp" in body["metadata"]
