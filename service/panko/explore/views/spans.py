"""The range of time that a screen shows: by how long ago, or from one moment to another. Pure."""

import dataclasses
from datetime import datetime, timedelta

from panko.literals import format_timestamp

DEFAULT = "-24h"
EVERYTHING = ""
LADDER = {
    "-15m": "Last 15 minutes",
    "-1h": "Last hour",
    "-6h": "Last 6 hours",
    "-24h": "Last 24 hours",
    "-7d": "Last 7 days",
    "-30d": "Last 30 days",
    EVERYTHING: "All that is kept",
}
WIDER = 3  # so much longer is the next range of one between two moments
MOMENT = "%Y-%m-%d %H:%M:%S"


@dataclasses.dataclass(frozen=True, slots=True)
class Span:
    """What was said of the range, `from` and `to`, and the moments that were meant."""

    said_from: str
    said_to: str
    start: datetime | None
    end: datetime | None

    @property
    def is_relative(self) -> bool:
        """Tell whether it is one of the ladder's."""
        return self.said_from in LADDER and not self.said_to

    @property
    def title(self) -> str:
        """Say what is shown."""
        if self.is_relative:
            return LADDER[self.said_from]
        begin = self.start.strftime(MOMENT) if self.start else "the beginning"
        return f"{begin} to {self.end.strftime(MOMENT) if self.end else 'now'}"


def wider(span: Span, *, now: datetime) -> dict[str, str | None] | None:
    """Return the arguments of the next longer range; None where there is none."""
    if span.is_relative:
        steps = list(LADDER)
        place = steps.index(span.said_from) + 1
        return {"from_": steps[place], "to": None} if place < len(steps) else None
    if span.start is None:
        return None
    end = span.end or now
    more = (end - span.start) * (WIDER - 1) / 2
    try:
        begin, until = span.start - more, end + more
    except OverflowError:  # it would leave the years 1 to 9999
        return None
    return {"from_": format_timestamp(_whole(begin)), "to": None if until >= now else format_timestamp(_whole(until))}


def frozen(span: Span, *, now: datetime) -> dict[str, str]:
    """Return the arguments that mean the same range tomorrow."""
    end = format_timestamp(_whole(span.end or now + timedelta(seconds=1)))
    return {"from": format_timestamp(span.start) if span.start else EVERYTHING, "to": end}


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
