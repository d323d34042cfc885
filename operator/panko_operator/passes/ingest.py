"""What is known of how new a Panko's events are, and what of it the status says. Pure.

Events come all the time, and a status that said so each time would be written each time. So it is written for the first
event that there is, and then when the last one is minutes newer than the status says: where nothing comes nothing is
written, and where the status stands still for longer than that nothing has come.
"""

import dataclasses
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from panko_operator.resource.moments import moment, timestamp
from panko_operator.world import Manifest
from panko_operator.world.values import Freshness, ServiceFreshness

STEP: Final = timedelta(minutes=5)
LATE: Final = timedelta(minutes=2)  # an event that is stored so long after it happened
OLDEST_STEP: Final = timedelta(hours=1)  # expiry runs about once an hour
MOST_SERVICES: Final = 20
# The first word of an event type, which is whatever a publisher has written there.
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")


def read(found: Freshness, before: Freshness | None, *, status: Manifest, now: datetime) -> Freshness:
    """Return what is known after an answer.

    An event has the time at which it happened. That one came late is known by the number alone, which is greater than
    that of the answer before. What was known once is not forgotten when all events have expired.
    """
    said = status.get("ingest", {}).get("lastEventTime")
    known = [found.last, before.last if before else None, moment(said) if said else None]
    has_come = before is not None and (found.number or 0) > (before.number or 0)
    if has_come and (found.last is None or now - found.last > LATE):
        known.append(now)
    last = max((one for one in known if one is not None), default=None)
    return dataclasses.replace(found, last=last)


def is_news(status: Manifest, known: Freshness) -> bool:
    """Tell whether the status should say something else."""
    return bool(told(status, known))


def told(status: Manifest, known: Freshness) -> Manifest:
    """Return the parts of the status that are to be written; nothing where what it says is near enough."""
    return {**_ingest(status.get("ingest"), known), **_retention(status.get("retention", {}), known)}


def _ingest(before: Manifest | None, known: Freshness) -> Manifest:
    published = known.last is not None or known.number is not None
    if before is not None and before["published"] == published and not _is_newer(before, known.last):
        return {}
    if not published:
        return {"ingest": {"published": False}}
    last = {} if known.last is None else {"lastEventTime": timestamp(known.last)}
    services = [{"name": one.name, "lastEventTime": timestamp(one.last)} for one in _named(known.services)]
    rate = {"eventsPerMinute": round(known.events_per_minute)}
    return {"ingest": {"published": True, **last, **rate, "services": services}}


def _is_newer(before: Manifest, last: datetime | None) -> bool:
    if last is None:
        return False
    said = before.get("lastEventTime")
    return said is None or last - moment(said) >= STEP


def _named(services: Sequence[ServiceFreshness]) -> list[ServiceFreshness]:
    """Return those whose last event is the newest, by name."""
    some = [one for one in services if NAME.fullmatch(one.name)]
    newest = sorted(some, key=lambda one: one.last, reverse=True)[:MOST_SERVICES]
    return sorted(newest, key=lambda one: one.name)


def _retention(before: Manifest, known: Freshness) -> Manifest:
    """Return the time of the oldest event, once it is another hour; what else is said of retention stays."""
    said, oldest = before.get("oldestEventTime"), known.oldest
    if oldest is None or (said is not None and abs(oldest - moment(said)) < OLDEST_STEP):
        return {}
    return {"retention": {**before, "oldestEventTime": timestamp(oldest)}}
