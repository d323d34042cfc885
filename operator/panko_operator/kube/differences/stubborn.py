"""Additions that come back as often as they are taken out: a webhook or another controller insists on them.

To write on would never end, and each write rolls pods out. It sends nothing.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from panko_operator.world import Manifest

_TIMES: Final = 3
_WITHIN: Final = timedelta(minutes=10)

_log = logging.getLogger(__name__)


class Stubborn:
    """Counts how often an addition was taken out of an object lately. Passes of one Panko do not overlap."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._taken: dict[tuple[str, str], list[datetime]] = {}

    def may_take(self, live: Manifest, place: str) -> bool:
        """Tell whether an addition is to be taken out once more, and count it."""
        self._forget_old()
        times = self._taken.setdefault((live["metadata"]["uid"], place), [])
        if len(times) == _TIMES:
            return False
        times.append(self._now())
        if len(times) == _TIMES:
            about = (live["kind"], live["metadata"]["namespace"], live["metadata"]["name"])
            _log.warning("%s of %s %s/%s comes back each time; it is left there for a while", place, *about)
        return True

    def _forget_old(self) -> None:
        oldest = self._now() - _WITHIN
        self._taken = {key: times for key, times in self._taken.items() if times[-1] > oldest}
