"""How new events are, beside the name of the page: for whom the policy tells it of all projects."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import falcon

from panko import policies
from panko.api.callers import credentials
from panko.api.resources.search.asked import Searching
from panko.errors import ForbiddenError, PankoError
from panko.explore.views import texts

REMEMBERED_SECONDS = 5.0


class Pulse:
    """Looks at most every few seconds, for all of a process. Safe to use from many threads."""

    def __init__(self, searching: Searching, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._searching = searching
        self._clock = clock
        self._lock = threading.Lock()
        self._looked: float | None = None
        self._newest: datetime | None = None
        self._is_known = False

    def told(self, request: falcon.Request) -> str:
        """Return how long ago the last event was; nothing for whom it is not, and while nobody knows."""
        caller = credentials.from_environ(request.env)
        try:
            caller.require_project()
            self._searching.enforcer.require(policies.FRESHNESS_OF_ALL, caller)
        except ForbiddenError:
            return ""
        now = datetime.now(UTC)
        if self._lock.acquire(blocking=False):  # whoever meets somebody who looks is told what was known before
            try:
                self._look(now)
            finally:
                self._lock.release()
        return said(self._newest, now, kept=self._searching.settings.kept) if self._is_known else ""

    def _look(self, now: datetime) -> None:
        moment = self._clock()
        if self._looked is not None and moment - self._looked < REMEMBERED_SECONDS:
            return
        self._looked = moment
        try:
            self._newest = self._searching.connection.ends(until=now).newest
            self._is_known = True
        except PankoError:
            self._is_known = False


def said(newest: datetime | None, now: datetime, *, kept: timedelta | None) -> str:
    """Say how new events are, and how long they are kept."""
    last = "no event yet" if newest is None else f"last event {texts.ago(newest, now)}"
    return f"{last} · kept {texts.days(kept)}" if kept else last
