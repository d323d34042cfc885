"""`/v2/search/operations`: operations that have an event for which a filter holds, each on one page.

A page is made of a page of events. What belongs to the same operations is read beside it, however long ago it was, so
that a begin finds its end on any page; an operation is on the page of the first of its events.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import falcon

from panko.api.messages import body, serialize
from panko.api.resources.search import people
from panko.api.resources.search.answers import cursor, scanned
from panko.api.resources.search.asked import Asked, Searching
from panko.api.resources.search.beside import NOTHING, Beside, Budget, beside
from panko.asking.search.operations import PHASES, Wanted, read, related
from panko.event import Event
from panko.filters import And, Expression, Position
from panko.stories import Operation, Outcome, State, of_event, of_operation, operations, outcome, traits
from panko.stories.stems import Phase, phase_of

DEFAULT_LIMIT = 50
# Of the time of a search: half is for the page, and what it leaves for the rest of its operations, wherever they began.
PAGE_SHARE, OTHERS_SHARE = 0.5, 0.7
SINGLE_STATES = {Outcome.OK: State.OK, Outcome.FAILED: State.FAILED, Outcome.STARTED: State.RUNNING}


@dataclasses.dataclass(frozen=True, slots=True)
class Operations:
    """Operations by a filter."""

    searching: Searching

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Search the operations of events that the caller may see, those that did something last first."""
        wanted, arguments = read(body.arguments(request))
        asked = self.searching.asked(request, arguments=arguments, about=wanted.about)
        if not wanted.single:
            asked = _also(asked, PHASES)
        with asked.settings.places.one():
            response.data = serialize.dumps(_page(asked, wanted, datetime.now(UTC)))


def _page(asked: Asked, wanted: Wanted, now: datetime) -> dict[str, Any]:
    budget = Budget.of(asked.settings.seconds)
    found = asked.find(asked.question.limit or DEFAULT_LIMIT, seconds=budget.share(PAGE_SHARE))
    common = related(found.events)
    others = NOTHING if common is None else beside(asked, common, budget, share=OTHERS_SHARE)
    before = NOTHING if common is None else _before(asked, common, budget)
    told = operations([*found.events, *others.events], now=now, silent_after=wanted.silent_after)
    if not others.whole:
        # What has no end among these may have one: that it is running, or stuck, would be a guess.
        told = [one for one in told if one.ended is not None]
    if wanted.single:
        told += [_single(event) for event in found.events if phase_of(event.event_type) is Phase.POINT]
    places = {event.message_id: place for place, event in enumerate(found.events)}
    earlier = frozenset(event.message_id for event in before.events)
    shown = sorted((one for one in told if _is_of(one, places, earlier)), key=lambda one: _place(one, places))
    names = people.names(asked, [*found.events, *others.events], budget)
    document: dict[str, Any] = {
        "operations": [_document(one, names) for one in shown],
        "next": cursor(asked.question, found),
        "exact": others.whole and before.whole and found.reached is None,
    }
    if found.reached is not None:
        document["scanned"] = scanned(asked.question, found.reached)
    return document


def _before(asked: Asked, common: Expression, budget: Budget) -> Beside:
    """Return the events of the page's operations that an earlier page had."""
    end, newest_first = asked.question.position, asked.question.newest_first
    if end is None:
        return NOTHING
    found = beside(asked, And((asked.event_filter.expression, common)), budget, share=1.0)

    def is_earlier(event: Event) -> bool:
        place = Position.of(event)
        return place is not None and (place >= end if newest_first else place <= end)

    return dataclasses.replace(found, events=[event for event in found.events if is_earlier(event)])


def _also(asked: Asked, expression: Expression) -> Asked:
    event_filter = dataclasses.replace(asked.event_filter, expression=And((asked.event_filter.expression, expression)))
    return dataclasses.replace(asked, event_filter=event_filter)


def _single(event: Event) -> Operation:
    return Operation(event.event_type, SINGLE_STATES[outcome(event)], None, event, None)


def _events(operation: Operation) -> Iterator[Event]:
    return (event for event in (operation.begun, operation.ended) if event is not None)


def _is_of(operation: Operation, places: Mapping[str, int], before: frozenset[str]) -> bool:
    ids = {event.message_id for event in _events(operation)}
    return not ids.isdisjoint(places) and ids.isdisjoint(before)


def _place(operation: Operation, places: Mapping[str, int]) -> int:
    return min(places[event.message_id] for event in _events(operation) if event.message_id in places)


def _document(operation: Operation, names: Mapping[str, str]) -> dict[str, Any]:
    known: dict[str, str] = {}
    for event in _events(operation):
        known |= traits.texts(event)
    is_single = phase_of(operation.event.event_type) is Phase.POINT
    return {
        "operation": operation.stem,
        "state": operation.state.value,
        "began": _time(operation.begun),
        "ended": _time(operation.ended),
        "seconds": None if operation.took is None else operation.took.total_seconds(),
        "sentence": of_event(operation.event, names) if is_single else of_operation(operation, names),
        "resource_id": traits.first(known, traits.IDS),
        **{name: known.get(name) for name in ("request_id", "user_id", "project_id")},
        "message_ids": [event.message_id for event in _events(operation)],
    }


def _time(event: Event | None) -> str | None:
    return serialize.moment(event.generated if event else None)
