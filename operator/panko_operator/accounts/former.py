"""Whether an account of before may go: when nothing that has its login is left, and it was kept for long enough.

A pod that is on its way out still answers requests, so it counts until it is gone; neither a condition nor a time says
that. It reads, and drops nothing.
"""

import dataclasses
from datetime import datetime, timedelta
from typing import Final

from panko_operator.accounts.credential import Retired
from panko_operator.accounts.logins import APPLICATION, KEYSTONE, Slot
from panko_operator.children.collector.deployment import ACCOUNT_ANNOTATION
from panko_operator.passes.context import Context
from panko_operator.resource.moments import moment
from panko_operator.world import Manifest

LOOK_AGAIN: Final = timedelta(seconds=15)  # nothing tells of a session that ends, or of a pod that goes
# A pod that was made just after a Secret has changed may have been given what the node still had of it.
_NODES_LAG: Final = timedelta(minutes=1)
_ENDED: Final = frozenset({"Succeeded", "Failed"})
_COMPONENT: Final = {
    "schema": "dbsync",
    "api": "api",
    "expirer": "expirer",
    "collector": "collector",
    KEYSTONE: "api",
    APPLICATION: "api",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Users:
    """Who may still use accounts of before: the pods by component, as they are now."""

    context: Context
    config_name: str  # of the configuration that the API's pods have to have

    def of_configuration(self) -> str | None:
        """Name what may still use an earlier configuration of the API; None when nothing does."""
        return self._in("api", Retired("", self.context.world.now()))

    def of(self, slot: Slot, retired: Retired) -> str | None:
        """Name what may still use an account; None when nothing does."""
        return self._in(_COMPONENT[slot.role], retired)

    def _in(self, component: str, retired: Retired) -> str | None:
        for pod in self.context.pods(component):
            if pod.get("status", {}).get("phase") in _ENDED:
                continue
            if self._has_it(component, pod, retired):
                return f"pod {pod['metadata']['name']}"
        return None

    def _has_it(self, component: str, pod: Manifest, retired: Retired) -> bool:
        if component == "api":
            return self.config_name not in _secrets(pod)
        if component == "collector":  # its pods go on for as long as their account does, so each tells which it has
            told = pod["metadata"].get("annotations", {}).get(ACCOUNT_ANNOTATION)
            return told in (None, retired.account)
        return moment(pod["metadata"]["creationTimestamp"]) <= retired.since + _NODES_LAG


def due(context: Context, retired: Retired) -> datetime:
    """Return until when an account of before is kept whatever else is."""
    return retired.since + context.panko.spec.rotation.retain_previous


def _secrets(pod: Manifest) -> set[str]:
    volumes = pod.get("spec", {}).get("volumes", ())
    return {volume["secret"].get("secretName", "") for volume in volumes if "secret" in volume}
