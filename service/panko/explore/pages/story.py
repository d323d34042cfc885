"""`/explore/resources/{id}` and `/explore/requests/{id}`: operations as bars on an axis of time, and their events."""

import dataclasses
import functools

import falcon

from panko.api.resources.search import people
from panko.api.resources.search.answers import cursor
from panko.api.resources.search.asked import Asked
from panko.api.resources.search.beside import Budget
from panko.asking.search import meaning
from panko.explore.pages.asking import Asking, Named, exports, sends_twin
from panko.explore.views import copying, filters, texts
from panko.explore.views.bars import picture
from panko.explore.views.rows import rows

MOST_OF_A_STORY, MOST_OF_A_REQUEST = 300, 500


@dataclasses.dataclass(frozen=True, slots=True)
class Subject:
    """What a screen is about: a resource or a request, its address in the API, and its word of the command line."""

    kind: str
    id: str
    key: str
    command: str
    limit: int
    newest_first: bool

    @property
    def path(self) -> str:
        """Return where its events are in the API."""
        return f"/v2/{self.kind}s/{copying.in_path(self.id)}/events"


@dataclasses.dataclass(frozen=True, slots=True)
class Resource:
    """What happened to a resource, the newest first."""

    asking: Asking

    def on_get(self, request: falcon.Request, response: falcon.Response, resource_id: str) -> None:
        """Show the story of a resource."""
        named = functools.partial(meaning.resource, resource_id)
        subject = Subject("resource", resource_id, "resource", "history", MOST_OF_A_STORY, newest_first=True)
        _show(self.asking, request, response, subject=subject, also=named)


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """What a request did in all services, the oldest first."""

    asking: Asking

    def on_get(self, request: falcon.Request, response: falcon.Response, request_id: str) -> None:
        """Show the waterfall of a request."""
        subject = Subject("request", request_id, "request", "trace", MOST_OF_A_REQUEST, newest_first=False)
        _show(self.asking, request, response, subject=subject, also=lambda _id_traits: meaning.request(request_id))


def _show(asking: Asking, request: falcon.Request, response: falcon.Response, *, subject: Subject, also: Named) -> None:
    place = asking.place(request)
    about = f"{subject.kind} {subject.id!a}"
    asked = asking.asked(request, place.arguments, about=about, also=also, newest_first=subject.newest_first)
    if sends_twin(request, response, asked):
        return
    budget = Budget.of(asked.settings.seconds)
    with asked.settings.places.one():
        found = asked.find(asked.question.limit or subject.limit)
        events = list(found.events)
        names = people.names(asked, events, budget)
    links, following = asking.screen.links(request), cursor(asked.question, found)
    of_it = filters.only(subject.key, subject.id)
    asking.screen.show(
        request,
        response,
        "story.html",
        subject=subject,
        name=texts.shown(names.get(subject.id, "")),
        picture=picture(events, names, now=asking.clock(), links=links, singles=subject.kind == "request"),
        rows=rows(
            events,
            names,
            wanted=asked.question.wanted,
            links=links,
            url=lambda text: links.filtered(" ".join(filter(None, (of_it, text))), ("from", "")),
        ),
        count=len(events),
        more=place.changed(cursor=following) if following else None,
        reached=found.reached,
        is_first=place.get("cursor") is None,
        first=place.changed(),
        chips=_chips(asked),
        curl=copying.curl(f"{asking.server(request)}{subject.path}", dict(place.arguments)),
        command=copying.command(subject.command, subject.id, dict(place.arguments)),
        exports=exports(place, {}),
        events_href=links.filtered(of_it, ("from", "")),
        everybody_href=_further(asking, request),
    )


def _chips(asked: Asked) -> list[str]:
    return [f"{'-' if chip.is_negated else ''}{chip.text}" for chip in filters.chips(asked.question.wanted)]


def _further(asking: Asking, request: falcon.Request) -> str | None:
    """Return where an admin looks at all projects; None where that is done or not allowed."""
    place = asking.place(request)
    if place.get("all_projects") == "true" or not asking.is_admin(request):
        return None
    return place.changed(all_projects="true")
