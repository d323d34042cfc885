"""How many events a question finds, by time: what is drawn above the list. Counted as `/v2/search/histogram` counts."""

import dataclasses
from collections import Counter
from datetime import UTC, datetime, timedelta

from panko.api.resources.search.asked import Asked
from panko.asking.search import outcome
from panko.asking.search.counting import buckets
from panko.asking.search.counting.arguments import keys
from panko.errors import ForbiddenError, InvalidInputError, TooSlowError
from panko.explore.views.histogram import Histogram, histogram
from panko.explore.views.links import Place
from panko.filters.counting import OUTCOME, Field, Grouping, Spans
from panko.literals import format_timestamp

MOST_BARS = 80
# So long a range has bars of whole hours, of which the events are counted already.
LONG, HOUR = timedelta(days=1), timedelta(hours=1)
SHARE = 0.4  # of the time of a search, before the list


@dataclasses.dataclass(frozen=True, slots=True)
class Bucket:
    """Events of one span."""

    start: datetime
    count: int
    failed: int


def draw(asked: Asked, place: Place) -> Histogram | None:
    """Count by spans; None where the range has no begin, goes on by a cursor, or takes too long."""
    question = asked.question
    if question.start is None or question.position is not None:
        return None
    try:
        asked.mask.require((name, ()) for name in (outcome.TRAIT, outcome.STATE))
        end = question.end or datetime.now(UTC)
        least = HOUR if end - question.start >= LONG else timedelta()
        spans = buckets.of_range(question.start, end, most=MOST_BARS, least=least)
        grouping = Grouping(Field(OUTCOME), Spans(spans.first, spans.width), keys=keys(question.wanted))
        found = asked.connection.count_events(asked.event_filter, grouping, seconds=asked.settings.seconds * SHARE)
    except (ForbiddenError, InvalidInputError, TooSlowError):
        return None
    if found.reached is not None:  # bars of a part would look like bars of all
        return None
    counts: Counter[int] = Counter()
    failed: Counter[int] = Counter()
    for span, value, count in found.groups:
        counts[span or 0] += count
        failed[span or 0] += count if value == "failed" else 0
    made = [Bucket(begin, counts[number], failed[number]) for number, (begin, _) in enumerate(spans.edges())]

    def zoomed(start: datetime, end: datetime) -> str:
        return place.changed(from_=format_timestamp(start), to=format_timestamp(end), live=None)

    return histogram(made, step=spans.width, url=zoomed)
