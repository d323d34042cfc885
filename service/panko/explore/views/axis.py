"""Spans of time as bars on one axis, in hundredths of its length. Pure."""

import dataclasses
import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

from panko.stories import durations

LENGTH = 100.0
LEAST = 0.4  # of a bar, so that a moment can be seen
MOST_TICKS = 6
SECONDS = (0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400)
DAYS = (2, 7, 14, 30, 90, 180, 365, 1000, 3650)
STEPS = [timedelta(seconds=one) for one in SECONDS] + [timedelta(days=one) for one in DAYS]


@dataclasses.dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the axis, and how far from its begin it is."""

    x: float
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Axis:
    """From one moment to a later one."""

    begin: datetime
    end: datetime

    @classmethod
    def of(cls, spans: Sequence[tuple[datetime, datetime]]) -> "Axis | None":
        """Return the axis on which all of these are; None without any."""
        if not spans:
            return None
        return cls(min(begin for begin, _ in spans), max(end for _, end in spans))

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.begin

    def place(self, begin: datetime, end: datetime) -> tuple[float, float]:
        """Return where a bar begins, and how long it is."""
        first, last = self._at(begin), self._at(end)
        width = round(min(max(last - first, LEAST), LENGTH), 2)
        return round(min(first, LENGTH - width), 2), width

    def ticks(self) -> list[Tick]:
        """Return some marks, at whole units from the begin on."""
        step = next((one for one in STEPS if self.length / one <= MOST_TICKS), None)
        if step is None or not self.length:
            return [Tick(0, "0 s")]
        marks = itertools.takewhile(lambda one: one <= self.length, (step * number for number in range(MOST_TICKS + 1)))
        return [Tick(self._at(self.begin + one), durations.written(one)) for one in marks]

    def _at(self, moment: datetime) -> float:
        if not self.length:
            return 0.0
        return min(max(round((moment - self.begin) / self.length * LENGTH, 2), 0.0), LENGTH)
