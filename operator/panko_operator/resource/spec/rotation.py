"""`spec.rotation`: when logins are renewed, and how long those of before are kept."""

import dataclasses
from datetime import timedelta

from panko_operator.resource.spec.retention import parse_duration
from panko_operator.world import Manifest


@dataclasses.dataclass(frozen=True, slots=True)
class Rotation:
    """Without an `interval` logins are renewed only when somebody asks for it."""

    interval: timedelta | None
    retain_previous: timedelta

    @classmethod
    def parse(cls, rotation: Manifest) -> "Rotation":
        """Read `spec.rotation`."""
        interval = rotation.get("interval")
        return cls(parse_duration(interval) if interval else None, parse_duration(rotation["retainPrevious"]))
