"""Events as a table in CSV: a column for each trait. Pure.

A text that a spreadsheet would take for a formula gets an apostrophe in front
(https://owasp.org/www-community/attacks/CSV_Injection): whoever stores an event must not run anything where it is read.
"""

import csv
import dataclasses
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from panko.api.messages import serialize
from panko.event import Event, Trait, TraitType
from panko.literals import format_timestamp

FIXED = ("generated", "event_type", "message_id")
OTHERS = "other_traits"
FORMULA = re.compile(r"[\s\x00-\x1f]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]|[\t\r\n]")
# Many spreadsheets cut lines at these, whatever the quotes say: a cell of its own begins behind each.
SEPARATED = re.compile(r"(?<=[;\t\r\n])(?=[\s\x00-\x1f]*[=+\-@\uff1d\uff0b\uff0d\uff20|%])")
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")

Key = tuple[str, TraitType]


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """A title, and the traits of which the first that an event has stands there."""

    title: str
    keys: tuple[Key, ...]


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    inside = SEPARATED.sub("'", text)
    return f"'{inside}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else inside


def table(pages: Iterator[tuple[Sequence[Event], bool]], columns: Sequence[str] | None) -> Iterator[bytes]:
    """Write pages, each with whether another one follows, as a table with these traits.

    Without any it has those of the first page; where more pages follow, traits that occur later stand in a column of
    their own as JSON, because a table that is sent as it is read cannot get more columns.
    """
    events, more = next(pages, ((), False))
    found = _of_events(events) if columns is None else [_chosen(name) for name in columns]
    others = more and columns is None
    yield _rows([[*FIXED, *(guarded(column.title) for column in found), *([OTHERS] if others else [])]])
    while True:
        yield _rows(_row(event, found, others=others) for event in events)
        if not more:
            return
        events, more = next(pages, ((), False))


def _chosen(name: str) -> Column:
    return Column(name, tuple((name, kind) for kind in TraitType))


def _of_events(events: Iterable[Event]) -> list[Column]:
    """Return a column for each trait; where a name has several types its columns say so."""
    keys = {(trait.name, trait.type) for event in events for trait in event.traits}
    often = Counter(name for name, _kind in keys)
    return [
        Column(name if often[name] == 1 else f"{name} ({kind.api_name})", ((name, kind),))
        for name, kind in sorted(keys, key=lambda key: (key[0].lower(), key[0], key[1]))
    ]


def _row(event: Event, columns: Sequence[Column], *, others: bool) -> list[str]:
    values = {(trait.name, trait.type): _value(trait) for trait in event.traits}
    cells = [next((values.pop(key) for key in column.keys if key in values), "") for column in columns]
    generated = "" if event.generated is None else format_timestamp(event.generated)
    rest = [_rest(values)] if others else []
    return [generated, guarded(event.event_type), guarded(event.message_id), *cells, *rest]


def _value(trait: Trait) -> str:
    text = serialize.trait_value(trait.value)
    return guarded(text) if trait.type is TraitType.TEXT else text


def _rest(values: dict[Key, str]) -> str:
    named = {guarded(name): value for (name, _kind), value in values.items()}
    return json.dumps(named, ensure_ascii=False) if named else ""


def _rows(rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
