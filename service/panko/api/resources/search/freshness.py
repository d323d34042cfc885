"""`/v2/search/freshness`: when the last event was, so that nothing found is told from nothing stored any more.

Of their own events everybody is told when the first and the last were. What is told of all projects, by service and how
many a minute, depends on what others store, and has a policy of its own.
"""

import dataclasses
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import falcon

from panko import policies
from panko.api.callers import credentials
from panko.api.callers.credentials import Credentials
from panko.api.messages import body, serialize
from panko.api.resources.search.asked import Searching
from panko.api.resources.search.beside import Budget
from panko.asking.search.question import of_all_projects
from panko.filters import And, EventFilter, Page, Scope, SortField, SortKey, Until
from panko.storage import TypeFreshness
from panko.stories import service_of

Typed = tuple[str, TypeFreshness]
NEWEST, OLDEST = (
    Page(1, tuple(SortKey(field, descending=down) for field in (SortField.GENERATED, SortField.MESSAGE_ID)))
    for down in (True, False)
)


@dataclasses.dataclass(frozen=True, slots=True)
class Freshness:
    """How new and how old events are."""

    searching: Searching

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Tell when the last event was, and with all_projects of each service."""
        caller = credentials.from_environ(request.env)
        self._require_search(caller)
        response.data = serialize.dumps(self._told(caller, of_all=of_all_projects(body.arguments(request))))

    def told(self, caller: Credentials, *, of_all: bool) -> dict[str, Any]:
        """Return what a caller is told. Raise ForbiddenError."""
        self._require_search(caller)
        return self._told(caller, of_all=of_all)

    def _told(self, caller: Credentials, *, of_all: bool) -> dict[str, Any]:
        enforcer, settings, now = self.searching.enforcer, self.searching.settings, datetime.now(UTC)
        if of_all:
            enforcer.require(policies.FRESHNESS_OF_ALL, caller)
        with settings.places.one():
            scope = enforcer.search_scope(caller, all_projects=False)
            found = self._of_all(now) if of_all else self._of(scope, now)
        kept = settings.kept
        return {"now": serialize.moment(now), **found, "kept_days": kept and kept / timedelta(days=1)}

    def _require_search(self, caller: Credentials) -> None:
        caller.require_project()
        self.searching.enforcer.require(policies.SEARCH, caller)

    def _of(self, scope: Scope, now: datetime) -> dict[str, Any]:
        budget, until = Budget.of(self.searching.settings.seconds), Until(now)
        newest, oldest = (self._first(EventFilter(scope, And((until,))), page, budget) for page in (NEWEST, OLDEST))
        return _document(newest, oldest)

    def _first(self, event_filter: EventFilter, page: Page, budget: Budget) -> datetime | None:
        found = self.searching.connection.search_events(event_filter, page, seconds=budget.share(1 / 2))
        return found.events[0].generated if found.events else None

    def _of_all(self, now: datetime) -> dict[str, Any]:
        found = self.searching.connection.freshness(until=now, seconds=self.searching.settings.seconds)
        minutes = found.recent / timedelta(minutes=1)
        return _document(
            found.ends.newest,
            found.ends.oldest,
            number=found.ends.number,
            events_per_minute=_rate((of for _, of in found.types.items()), minutes),
            services=list(_services(found.types.items(), minutes)),
        )


def _document(newest: datetime | None, oldest: datetime | None, **of_all: Any) -> dict[str, Any]:
    parts = {"number": None, "events_per_minute": None, "services": None, **of_all}
    return {"newest": serialize.moment(newest), "oldest": serialize.moment(oldest), **parts}


def _services(types: Iterable[Typed], minutes: float) -> Iterator[dict[str, Any]]:
    """Yield what is told of each service, by name."""

    def service(one: Typed) -> str:
        return service_of(one[0])

    for name, group in groupby(sorted(types, key=service), key=service):
        some = [of for _, of in group]
        newest = max(of.newest for of in some if of.newest is not None)
        yield {"service": name, "newest": serialize.moment(newest), "events_per_minute": _rate(some, minutes)}


def _rate(types: Iterable[TypeFreshness], minutes: float) -> float:
    count = sum(of.recent for of in types)
    return round(count / minutes, 1) if count else 0.0
