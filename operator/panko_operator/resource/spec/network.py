"""`spec.networkPolicy`: which traffic the pods may have."""

import dataclasses
from collections.abc import Sequence

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
        return cls(policy["enabled"], tuple(policy["allowFrom"]), tuple(policy["allowTo"]))
