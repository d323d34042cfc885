"""Which values are the most frequent, with links to more and less of each. Pure."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from panko.asking.search import Filter
from panko.errors import PankoError
from panko.explore.views import filters, texts
from panko.explore.views.filters import Choice

TITLES = {"event_type": "type"}


@dataclasses.dataclass(frozen=True, slots=True)
class Counted:
    """A value: what is shown of it, all of it, how many events have it, and where more and less of it is."""

    text: str
    whole: str
    count: str
    more: str | None
    less: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Facet:
    """The values of one field; `note` says what was counted where that was not everything."""

    title: str
    values: tuple[Counted, ...]
    has_more: bool
    note: str = ""


def facets(
    counted: Sequence[Mapping[str, Any]], *, wanted: Filter, names: Mapping[str, str], url: Callable[[str], str]
) -> list[Facet]:
    """Return what was counted, as the API tells it; `names` are those of ids, and `url` is the list by a filter."""

    def value(one: Mapping[str, Any]) -> Counted:
        choice, whole = _choice(wanted, one["filter"]), str(one["value"])
        text = texts.shortened(names.get(whole) or whole)
        return Counted(text, texts.shown(whole), f"{one['count']:,}", *choice.urls(url))

    return [
        Facet(TITLES.get(one["field"], one["field"]), tuple(map(value, one["values"])), one["more"], _note(one))
        for one in counted
    ]


def _note(facet: Mapping[str, Any]) -> str:
    if facet["exact"]:
        return ""
    scanned = facet.get("scanned")
    if scanned:
        return f"of the newest {scanned['events']:,} events"
    return "about" if facet["values"] else "not counted: it would take too long"


def _choice(wanted: Filter, word: str) -> Choice:
    try:
        return filters.of_word(wanted, word)
    except PankoError:  # no filter says it
        return Choice(None, None)
