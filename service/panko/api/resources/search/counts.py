"""`/v2/search/histogram` and `/v2/search/facets`: how many events a search finds, by spans of time and by values."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import falcon

from panko.api.callers.masking import Mask
from panko.api.messages import body, media, serialize
from panko.api.messages.formats import tabular
from panko.api.resources.search.asked import Asked, Searching
from panko.asking.search import outcome
from panko.asking.search.counting import arguments as asking
from panko.asking.search.counting.arguments import keys, word
from panko.errors import ForbiddenError
from panko.filters.counting import Field, Grouping, Spans
from panko.storage import Counts, Group, largest

MOST_SERIES = 20  # types that a histogram tells apart; the others are in the count of all
MOST_CUT = 1000  # values that are read where several may be shown as one


@dataclasses.dataclass(frozen=True, slots=True)
class Histogram:
    """Events by spans of time."""

    offers: ClassVar[Sequence[str]] = media.COUNTED

    searching: Searching

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Count the events that the caller may see in spans of time."""
        wanted = asking.histogram(body.arguments(request), now=datetime.now(UTC))
        asked = self.searching.asked(request, arguments=wanted.arguments)
        _require(asked.mask, [wanted.by] if wanted.by else [])
        spans = Spans(wanted.buckets.first, wanted.buckets.width)
        grouping = Grouping(wanted.by, spans, keys=keys(asked.question.wanted))
        with asked.settings.places.one():
            found = asked.connection.count_events(asked.event_filter, grouping, seconds=asked.settings.seconds)
        document = _histogram(wanted, found, asked)
        rows = [_bar(bar, document["series"]) for bar in document["histogram"]]
        tabular.answer(request, response, document, rows=rows, format_=asked.question.format)


@dataclasses.dataclass(frozen=True, slots=True)
class Facets:
    """Events by values."""

    offers: ClassVar[Sequence[str]] = media.COUNTED

    searching: Searching

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Count the events that the caller may see by their types, outcomes and traits."""
        wanted = asking.facets(body.arguments(request))
        asked = self.searching.asked(request, arguments=wanted.arguments)
        _require(asked.mask, wanted.fields.values())
        with asked.settings.places.one():
            facets = _facets(wanted, asked)
        document = {
            "facets": facets,
            "exact": all(facet["exact"] for facet in facets),
            "from": serialize.moment(asked.question.start),
            "to": serialize.moment(asked.question.end),
        }
        rows = [
            {"field": facet["field"], **{name: one[name] for name in ("value", "count")}}
            for facet in facets
            for one in facet["values"]
        ]
        tabular.answer(request, response, document, rows=rows, format_=asked.question.format)


def _require(mask: Mask, fields: Iterable[Field]) -> None:
    """Raise ForbiddenError where what is counted would tell what is hidden."""
    for field in fields:
        names = (outcome.TRAIT, outcome.STATE) if field.is_outcome else (field.name,) if field.is_trait else ()
        mask.require((name, ()) for name in names)


def _histogram(wanted: asking.Histogram, found: Counts, asked: Asked) -> dict[str, Any]:
    totals: Counter[str] = Counter()
    counts: dict[int, Counter[str]] = {number: Counter() for number in range(wanted.buckets.number)}
    for span, value, count in found.groups:
        if span in counts:
            counts[span][value or ""] += count
            totals[value or ""] += count
    by = wanted.by
    series = () if by is None else outcome.WORDS if by.is_outcome else tuple(sorted(_most(totals)))
    bars = [
        {
            "from": serialize.moment(begin),
            "to": serialize.moment(end),
            "count": of_span.total(),
            **({"counts": {name: of_span[name] for name in series}} if by is not None else {}),
        }
        for (begin, end), of_span in zip(wanted.buckets.edges(), counts.values(), strict=True)
    ]
    return {
        "histogram": bars,
        "width": wanted.buckets.name,
        "series": list(series),
        "total": totals.total(),
        **_told(found, asked),
    }


def _most(totals: Counter[str]) -> list[str]:
    named = largest(Group(None, name, count) for name, count in totals.items() if name)
    return [group.value for group in named[:MOST_SERIES] if group.value]


def _facets(wanted: asking.Facets, asked: Asked) -> list[dict[str, Any]]:
    # One more than is wanted, to know whether there is more.
    most = {name: MOST_CUT if _is_cut(asked.mask, field) else wanted.size + 1 for name, field in wanted.fields.items()}
    found = asked.connection.count_values(
        asked.event_filter,
        list(wanted.fields.values()),
        most=max(most.values(), default=0),
        keys=keys(asked.question.wanted),
        seconds=asked.settings.seconds,
    )
    facets: list[dict[str, Any]] = []
    for (name, field), counts in zip(wanted.fields.items(), found, strict=True):
        few = None if counts is None else dataclasses.replace(counts, groups=counts.groups[: most[name]])
        facets.append(_facet(name, field, few, asked, size=wanted.size))
    return facets


def _is_cut(mask: Mask, field: Field) -> bool:
    return field.is_trait and mask.cuts(field.name)


def _facet(name: str, field: Field, found: Counts | None, asked: Asked, *, size: int) -> dict[str, Any]:
    if found is None:
        return {"field": name, "values": [], "more": True, "exact": False}
    is_cut = _is_cut(asked.mask, field)
    values = _cut(found.groups, asked.mask, field.name) if is_cut else found.groups
    shown = [
        {"value": group.value, "count": group.events, "filter": word(name, group.value, is_prefix=is_cut)}
        for group in values
        if group.value is not None
    ]
    told = _told(found, asked)
    exact = told["exact"] and not (is_cut and len(found.groups) == MOST_CUT)
    scanned = {"scanned": told["scanned"]} if "scanned" in told else {}
    return {"field": name, "values": shown[:size], "more": len(shown) > size, "exact": exact, **scanned}


def _cut(groups: Sequence[Group], mask: Mask, name: str) -> list[Group]:
    """Put together what looks the same to the caller."""
    found: Counter[str] = Counter()
    for _span, value, count in groups:
        found[mask.cut(name, value or "")] += count
    return largest(Group(None, value, count) for value, count in found.items())


def _told(found: Counts, asked: Asked) -> dict[str, Any]:
    """Say whether all was counted, and what was."""
    told: dict[str, Any] = {"exact": found.reached is None and not found.is_cut}
    end = serialize.moment(asked.question.end)
    if found.reached is not None:
        events = sum(group.events for group in found.groups)
        told["scanned"] = {"from": serialize.moment(found.reached), "to": end, "events": events}
    return told | {"from": serialize.moment(asked.question.start), "to": end}


def _bar(bar: Mapping[str, Any], series: Sequence[str]) -> dict[str, Any]:
    """Return a bar as a row of a table."""
    own = {name: bar[name] for name in ("from", "to", "count")}
    return own | {name: bar["counts"][name] for name in series if name not in own}


def may_count(mask: Mask, field: Field) -> bool:
    """Tell whether counting by a field tells nothing that is hidden."""
    try:
        _require(mask, [field])
    except ForbiddenError:
        return False
    return True


def facets(wanted: asking.Facets, asked: Asked) -> list[dict[str, Any]]:
    """Count by fields, as `/v2/search/facets` tells of them. Raise ForbiddenError and TooSlowError."""
    _require(asked.mask, wanted.fields.values())
    return _facets(wanted, asked)
