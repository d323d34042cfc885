"""`spec.retention`: how long events are kept."""

import dataclasses
import re
from datetime import timedelta

from panko_operator.world import Manifest

DURATION_PART = re.compile(r"(\d+)([hms])")
DURATION_UNITS = {"h": "hours", "m": "minutes", "s": "seconds"}


@dataclasses.dataclass(frozen=True, slots=True)
class Retention:
    """How long events are kept. A `time_to_live` of zero keeps them for ever."""

    time_to_live: timedelta
    schedule: str
    suspend: bool
    batch_size: int

    @classmethod
    def parse(cls, retention: Manifest) -> "Retention":
        """Read `spec.retention`."""
        return cls(
            time_to_live=parse_duration(retention["timeToLive"]),
            schedule=retention["schedule"],
            suspend=retention["suspend"],
            batch_size=retention["batchSize"],
        )


def parse_duration(text: str) -> timedelta:
    """Read a duration as Kubernetes writes it: `720h`, `1h30m`, or `0`."""
    parts = {DURATION_UNITS[unit]: int(number) for number, unit in DURATION_PART.findall(text)}
    return timedelta(**parts)
