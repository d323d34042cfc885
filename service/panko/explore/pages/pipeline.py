"""`/explore/pipeline`: how new events are, by service and by producer, for whom the policy tells it."""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import falcon

from panko.api.callers import credentials
from panko.api.resources.search.freshness import Freshness
from panko.errors import ForbiddenError
from panko.explore.pages.asking import Asking
from panko.explore.pages.producers import producers
from panko.explore.views import emptiness, texts

REFUSED = "How new the events of all services are is told to administrators alone."
SILENT = timedelta(hours=1)


@dataclasses.dataclass(frozen=True, slots=True)
class Service:
    """What came of one service."""

    name: str
    ago: str
    moment: str
    rate: str
    is_silent: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Pipeline:
    """How events come in."""

    asking: Asking

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Show it, or how a producer is connected while there is none."""
        caller = credentials.from_environ(request.env)
        try:
            told = Freshness(self.asking.searching).told(caller, of_all=True)
        except ForbiddenError as error:
            raise ForbiddenError(REFUSED) from error
        now, kept = datetime.now(UTC), self.asking.searching.settings.kept
        newest, oldest = _moment(told["newest"]), _moment(told["oldest"])
        self.asking.screen.show(
            request,
            response,
            "pipeline.html",
            newest=texts.ago(newest, now) if newest else "",
            newest_moment=_written(newest),
            oldest=f"{texts.days(now - oldest)} old" if oldest else "",
            oldest_moment=_written(oldest),
            number=f"{told['number']:,}" if told["number"] is not None else "",
            rate=_rate(told["events_per_minute"]),
            kept=texts.days(kept) if kept else "for ever",
            services=[_service(one, now) for one in told["services"]],
            producers=producers(self.asking, request),
            event_pipeline=emptiness.event_pipeline(self.asking.server(request)),
        )


def _service(told: Mapping[str, Any], now: datetime) -> Service:
    newest = _moment(told["newest"]) or now
    return Service(
        name=texts.shown(told["service"]),
        ago=texts.ago(newest, now),
        moment=_written(newest),
        rate=_rate(told["events_per_minute"]),
        is_silent=now - newest > SILENT,
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


def _written(moment: datetime | None) -> str:
    return "" if moment is None else f"{texts.day(moment)} {texts.clock(moment)}"


def _rate(a_minute: float) -> str:
    return f"{a_minute:,.1f}"
