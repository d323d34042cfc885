"""One `coordination.k8s.io` Lease: who of several operators may act.

A candidate trusts its own clock only: a Lease is over when it has not *changed* for its whole duration as seen from
here, so clocks that differ cannot make two leaders (as client-go's leader election does it). The caller decides when to
ask, and what to do when the answer is no.
"""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

from panko_operator.errors import KubernetesUnreachableError
from panko_operator.kube.api import KubeAPI
from panko_operator.kube.refusals import ConflictError, NotFoundError
from panko_operator.world import Manifest

_API: Final = "coordination.k8s.io/v1"
_UNDER_WAY_SECONDS: Final = 5.0


@dataclasses.dataclass(slots=True)
class _Sighting:
    """The last Lease that was seen, and when it was first seen like that."""

    spec: dict[str, Any]
    since: datetime

    @property
    def over(self) -> datetime:
        """When it runs out unless it is renewed."""
        return self.since + timedelta(seconds=self.spec["leaseDurationSeconds"])


class Lease:
    """A candidate for a Lease. Who holds it renews by one write, to the version that its last write has made.

    Not safe for use by several threads at once: an ask that is not answered yet keeps the next one from being sent.
    """

    def __init__(self, kube: KubeAPI, *, name: str, namespace: str, identity: str, duration: timedelta) -> None:
        self._kube = kube
        self._name = name
        self._namespace = namespace
        self._identity = identity
        self._duration = duration
        self._sighting: _Sighting | None = None
        self._held: Manifest | None = None
        self._asking = Lock()

    def hold(self, now: datetime) -> bool:
        """Acquire or renew; return whether this candidate holds the Lease. Raise KubernetesError."""
        with self._alone():
            held, self._held = self._held, None
            if held is not None and self._write(self._kube.replace, self._taken(held, now)):
                return True
            live = self._kube.get(_API, "Lease", self._name, self._namespace)
            if live is None:
                return self._write(self._kube.create, self._taken(None, now))
            if not self._may_take(live["spec"], now):
                return False
            return self._write(self._kube.replace, self._taken(live, now))

    def free_in_seconds(self, now: datetime) -> float:
        """Return after how long the Lease of another runs out unless it is renewed."""
        if self._sighting is None:
            return self._duration.total_seconds()
        return (self._sighting.over - now).total_seconds()

    def release(self, now: datetime) -> None:
        """Hand the Lease over at once, when it is held here; a question that is under way is waited for."""
        with self._alone(seconds=_UNDER_WAY_SECONDS):
            live = self._kube.get(_API, "Lease", self._name, self._namespace)
            if live is not None and live["spec"].get("holderIdentity") == self._identity:
                spec = {**live["spec"], "holderIdentity": "", "leaseDurationSeconds": 1, "renewTime": _stamp(now)}
                self._write(self._kube.replace, {**live, "spec": spec})

    @contextmanager
    def _alone(self, *, seconds: float = 0) -> Iterator[None]:
        if not self._asking.acquire(timeout=seconds):
            raise KubernetesUnreachableError("The API server has not answered the last question for the Lease yet.")
        try:
            yield
        finally:
            self._asking.release()

    def _may_take(self, spec: dict[str, Any], now: datetime) -> bool:
        if spec.get("holderIdentity") in ("", None, self._identity):
            return True
        if self._sighting is None or self._sighting.spec != spec:
            self._sighting = _Sighting(spec, now)
        return now >= self._sighting.over

    def _taken(self, live: Manifest | None, now: datetime) -> Manifest:
        old = {} if live is None else live["spec"]
        mine = old.get("holderIdentity") == self._identity
        spec = {
            "holderIdentity": self._identity,
            "leaseDurationSeconds": int(self._duration.total_seconds()),
            "acquireTime": old["acquireTime"] if mine else _stamp(now),
            "renewTime": _stamp(now),
            "leaseTransitions": old.get("leaseTransitions", 0) + (0 if mine or live is None else 1),
        }
        metadata = {"name": self._name, "namespace": self._namespace} if live is None else live["metadata"]
        return {"apiVersion": _API, "kind": "Lease", "metadata": metadata, "spec": spec}

    def _write(self, write: Callable[[Manifest], Manifest], body: Manifest) -> bool:
        try:
            self._held = write(body)
        except (ConflictError, NotFoundError):
            return False  # another candidate was faster, or an answer to a write of ours was lost
        return True


def _stamp(now: datetime) -> str:
    return now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
