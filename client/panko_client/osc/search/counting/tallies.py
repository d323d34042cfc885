"""What the server itself has counted, where that is all that a count is asked for."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from panko_client.osc.search.rows import printable
from panko_client.searching import Search, Searching

HOUR: Final = "hour"
MOST_VALUES: Final = 20
MOST_BUCKETS: Final = 120
# What the server counts as this command does. Other traits may be numbers, which it does not tell apart.
FIELDS: Final = frozenset({"type", "event_type", "outcome", "user", "host", "project", "service", "request"})
ALWAYS: Final = frozenset({"type", "event_type", "outcome"})  # what every event has

Tally = Counter[tuple[str, ...]]


def hour_of(generated: str) -> str:
    """Return the begin of the hour of a moment as the API writes it."""
    return f"{generated[:13]}:00:00"


def by_value(searching: Searching, wanted: Search, key: str) -> Tally | None:
    """Count by one key; None where the server does not count by it, or has more values than it tells."""
    if key not in FIELDS or wanted.since is None:
        return None
    wanted = replace(wanted, until=wanted.until or datetime.now(UTC))  # of both answers
    found = searching.facet(wanted, key, size=MOST_VALUES)
    whole = searching.histogram(wanted, buckets=1)
    if found.more or not (found.exact and whole.exact):
        return None
    counts: Tally = Counter()
    for value, count in found.values.items():
        counts[(printable(value),)] += count
    if key not in ALWAYS and whole.total > counts.total():  # events without such a value
        counts[("",)] += whole.total - counts.total()
    return counts


def by_hour(searching: Searching, wanted: Search, keys: Sequence[str]) -> Tally | None:
    """Count by hours, each of them, and by outcome; None where the server does not count so."""
    if list(keys) not in ([], ["outcome"]) or wanted.since is None:
        return None
    counts: Tally = Counter()
    for part, hours in _parts(wanted, wanted.since):
        found = searching.histogram(part, buckets=hours, by=keys[0] if keys else None)
        if not found.exact:
            return None
        for bar in found.bars:  # of an hour, or of a part of one
            hour = hour_of(bar.begin)
            told = {(hour, name): count for name, count in bar.counts.items()} if keys else {(hour,): bar.count}
            counts.update(told)
    return counts


def _parts(wanted: Search, since: datetime) -> Iterator[tuple[Search, int]]:
    """Yield ranges that the server has enough spans for, and how many hours each of them touches."""
    end = wanted.until or datetime.now(UTC)
    begin = since
    while begin < end:
        hour = begin.replace(minute=0, second=0, microsecond=0)
        until = min(end, hour + timedelta(hours=MOST_BUCKETS))
        hours = max(1, -(-(until - hour) // timedelta(hours=1)))
        yield replace(wanted, since=begin, until=until), hours
        begin = until
