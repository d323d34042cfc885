"""What each producer has sent lately: which of them sends nothing any more shows before anybody misses its events.

A producer is what the trait `service` names, such as `compute.node-3`: ceilometer writes there who published a
notification.
"""

import dataclasses
from collections.abc import Callable
from datetime import timedelta

import falcon

from panko.api.resources.search import counts
from panko.asking.search.counting.arguments import keys, word
from panko.errors import ForbiddenError, TooSlowError
from panko.explore.pages.asking import Asking
from panko.explore.views import texts
from panko.filters.counting import Field, Grouping

FIELD = Field("service", is_trait=True)
OF_ALL = (("all_projects", "true"),)
DAY, HOUR = "-24h", "-1h"
OF_A_DAY = (*OF_ALL, ("from", DAY))
OFTEN = timedelta(days=1) // timedelta(hours=1)  # events of a day: who sends one an hour is missed after an hour
MOST_READ, MOST_SHOWN = 1000, 50
SHARE = 0.3  # of the time of a search, for each of both counts


@dataclasses.dataclass(frozen=True, slots=True)
class Producer:
    """What came of one producer."""

    name: str
    url: str
    of_hour: str
    of_day: str
    is_silent: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Producers:
    """Those of the last day, the silent ones first, then by what they sent; `left` are not shown."""

    shown: list[Producer]
    left: int


def producers(asking: Asking, request: falcon.Request) -> Producers | None:
    """Count by producers; None where the caller may not, or it takes too long."""
    try:
        of_day, of_hour = (_counted(asking, request, since=since) for since in (DAY, HOUR))
    except (ForbiddenError, TooSlowError):
        return None
    url = asking.events(request, OF_A_DAY).by("filter")
    found = [_producer(name, count, of_hour.get(name, 0), url) for name, count in of_day.items()]
    found.sort(key=lambda producer: not producer.is_silent)  # the largest first among others
    return Producers(found[:MOST_SHOWN], len(found[MOST_SHOWN:]))


def _counted(asking: Asking, request: falcon.Request, *, since: str) -> dict[str, int]:
    asked = asking.asked(request, (*OF_ALL, ("from", since)))
    if not counts.may_count(asked.mask, FIELD):
        raise ForbiddenError("Who sends events is hidden.")
    grouping = Grouping(FIELD, most=MOST_READ, keys=keys(asked.question.wanted))
    with asked.settings.places.one():
        found = asked.connection.count_events(asked.event_filter, grouping, seconds=asked.settings.seconds * SHARE)
    return {group.value: group.events for group in found.groups if group.value is not None}


def _producer(name: str, of_day: int, of_hour: int, url: Callable[[str], str]) -> Producer:
    return Producer(
        name=texts.shown(name),
        url=url(word(FIELD.name, name)),
        of_hour=f"{of_hour:,}",
        of_day=f"{of_day:,}",
        is_silent=not of_hour and of_day >= OFTEN,
    )
