"""`spec.networkPolicy`: which traffic the pods may have."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from panko_operator.world import Manifest


@dataclasses.dataclass(frozen=True, slots=True)
class NetworkPolicy:
    """Whether traffic is confined, and peers as Kubernetes has them. No `allow_from` is everybody."""

    enabled: bool
    allow_from: Sequence[Manifest]
    allow_to: Sequence[Manifest]

    @classmethod
    def parse(cls, policy: Manifest) -> "NetworkPolicy":
        """Read `spec.networkPolicy`."""
        return cls(policy["enabled"], *(tuple(map(_peer, policy[field])) for field in ("allowFrom", "allowTo")))


def _peer(written: Manifest) -> Manifest:
    """Return a peer as the API server stores it. An empty selector selects everything; what is empty in one is lost."""
    return {kind: _without_empty(value) for kind, value in written.items()}


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_empty(inner) for key, inner in value.items() if inner not in ({}, [])}
    return [_without_empty(item) for item in value] if isinstance(value, list) else value
