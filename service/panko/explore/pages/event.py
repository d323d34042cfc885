"""`/explore/events/{message_id}`: one event with all that it says, as a screen or beside the list."""

import dataclasses
from collections.abc import Callable
from typing import Any

import falcon
import orjson

from panko.api.messages import serialize
from panko.api.resources.search.asked import Asked
from panko.asking.search import Filter
from panko.errors import EventNotFoundError, PankoError
from panko.event import Event as StoredEvent
from panko.event import TraitType
from panko.explore.pages.asking import Asking, sends_twin
from panko.explore.views import copying, filters, texts
from panko.explore.views.links import Arguments, Links, Place
from panko.explore.views.rows import MARKS, Pick, Picking, resources_of
from panko.literals import format_timestamp, why_unstorable
from panko.stories import names_in, of_event, outcome
from panko.stories import traits as known

MOST_RAW = 64 * 1024

Url = Callable[[str], str]


@dataclasses.dataclass(frozen=True, slots=True)
class TraitRow:
    """A trait, and where its value leads to."""

    name: str
    type: str
    value: Pick
    href: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """One event."""

    asking: Asking

    def on_get(self, request: falcon.Request, response: falcon.Response, message_id: str) -> None:
        """Show an event."""
        asked = of_id(self.asking, request, message_id, said=self.asking.place(request).arguments)
        if sends_twin(request, response, asked):
            return
        shown = described(self.asking, request, found(asked, message_id), asked=asked)
        self.asking.screen.show(request, response, "event.html", event=shown)


def of_id(asking: Asking, request: falcon.Request, message_id: str, *, said: Arguments) -> Asked:
    """Ask for an event by its id. Raise EventNotFoundError where there can be none."""
    if why_unstorable(message_id):
        raise EventNotFoundError(ascii(message_id))
    return asking.asked(request, (*said, ("filter", filters.only("id", message_id))))


def found(asked: Asked, message_id: str) -> StoredEvent:
    """Return the event. Raise EventNotFoundError."""
    with asked.settings.places.one():
        events = asked.find(1).events
    if not events:
        raise EventNotFoundError(message_id)
    return events[0]


def described(asking: Asking, request: falcon.Request, event: StoredEvent, *, asked: Asked) -> dict[str, Any]:
    """Return all that is shown of an event."""
    links, came = asking.screen.links(request), outcome(event)
    url, id_traits = links.filtered, asked.settings.id_traits
    return {
        "title": texts.sentence(of_event(event, names_in([event]))),
        "message_id": event.message_id,
        "type": Picking(Filter(), url).of("type", event.event_type),
        "moment": "" if event.generated is None else format_timestamp(event.generated),
        "outcome": came.value,
        "mark": MARKS[came],
        "traits": _traits(event, links, id_traits, url=url),
        "resources": [(each, links.resource(each)) for each in resources_of(event, id_traits)],
        "request_href": _request_of(event, links),
        "raw": _raw(event),
        "curl": copying.curl(f"{asking.server(request)}/v2/events/{event.message_id}", {}),
        "json": Place(links.event_path(event.message_id), links.kept).changed(format="json"),
        "compare": links.compare(event.message_id),
    }


def _request_of(event: StoredEvent, links: Links) -> str | None:
    request_id = known.texts(event).get("request_id")
    return links.request(request_id) if request_id else None


def _traits(event: StoredEvent, links: Links, id_traits: tuple[str, ...], *, url: Url) -> list[TraitRow]:
    picking = Picking(Filter(), url)
    rows = []
    for trait in event.traits:
        text, href = serialize.trait_value(trait.value), None
        if trait.type is TraitType.TEXT and text:
            href = links.resource(text) if trait.name in id_traits else None
            href = links.request(text) if trait.name == "request_id" else href
        rows.append(TraitRow(texts.shown(trait.name), trait.type.api_name, _pick(picking, trait.name, text), href))
    return rows


def _pick(picking: Picking, name: str, text: str) -> Pick:
    try:
        return picking.of_trait(name, text)
    except PankoError:  # no filter says it
        return Pick(texts.shown(text))


def _raw(event: StoredEvent) -> str:
    """Return the raw as people read it, and of a large one the beginning."""
    if event.raw in ({}, None, ""):
        return ""
    try:
        text = orjson.dumps(event.raw, option=orjson.OPT_INDENT_2).decode()
    except TypeError:
        text = serialize.dumps(event.raw).decode()
    return texts.block(text if len(text) <= MOST_RAW else f"{text[:MOST_RAW]}\n… {len(text):,} characters in all")
