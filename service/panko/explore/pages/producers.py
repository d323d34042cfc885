"""What each producer has sent lately: which of them sends nothing any more shows before anybody misses its events.

A producer is what the trait `service` names, such as `compute.node-3`: ceilometer writes there who published a
notification.
"""

import dataclasses
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import falcon

from panko.api.callers.masking import folded
from panko.api.resources.search import counts
from panko.api.resources.search.asked import Asked
from panko.asking.search.counting.arguments import keys, word
from panko.errors import BusyError, ForbiddenError, TooSlowError
from panko.explore.pages.asking import Asking
from panko.explore.views import texts
from panko.filters.counting import Field, Grouping
from panko.literals import format_timestamp

FIELD = Field("service", is_trait=True)
OF_ALL = (("all_projects", "true"),)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SHOWN = "-24h"
OFTEN = DAY // HOUR  # events of a day: who sends one an hour is missed after an hour
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
    """Count by producers; None where the caller may not, or not all of them are counted in time."""
    now = asking.clock()
    try:
        asked_of = [asking.asked(request, (*OF_ALL, *_range(now, ago))) for ago in (DAY, HOUR)]
        with asked_of[0].settings.places.one():
            of_day, of_hour = map(_counted, asked_of)
    except (ForbiddenError, TooSlowError, BusyError):
        return None
    # Databases may take spellings for the same, and tell another one of the hour than of the day.
    spelled: Counter[str] = Counter()
    for name, count in of_hour.items():
        spelled[folded(name)] += count
    url = asking.events(request, (*OF_ALL, ("from", SHOWN))).by("filter")
    found = [_producer(name, count, spelled[folded(name)], url) for name, count in of_day.items()]
    found.sort(key=lambda producer: not producer.is_silent)  # the largest first among others
    return Producers(found[:MOST_SHOWN], len(found[MOST_SHOWN:]))


def _range(now: datetime, ago: timedelta) -> tuple[tuple[str, str], ...]:
    """Say a range until now: what clocks that are ahead have sent tells nothing of who sends."""
    return ("from", format_timestamp(now - ago)), ("to", format_timestamp(now))


def _counted(asked: Asked) -> dict[str, int]:
    """Count. Raise TooSlowError where that is not all: who is missing would look silent."""
    if not counts.may_count(asked.mask, FIELD):
        raise ForbiddenError("Who sends events is hidden.")
    grouping = Grouping(FIELD, most=MOST_READ, keys=keys(asked.question.wanted))
    found = asked.connection.count_events(asked.event_filter, grouping, seconds=asked.settings.seconds * SHARE)
    if found.reached is not None or found.is_cut or len(found.groups) == MOST_READ:
        raise TooSlowError("Not all producers were counted.")
    return {group.value: group.events for group in found.groups if group.value is not None}


def _producer(name: str, of_day: int, of_hour: int, url: Callable[[str], str]) -> Producer:
    return Producer(
        name=texts.shown(name),
        url=url(word(FIELD.name, name)),
        of_hour=f"{of_hour:,}",
        of_day=f"{of_day:,}",
        is_silent=not of_hour and of_day >= OFTEN,
    )
