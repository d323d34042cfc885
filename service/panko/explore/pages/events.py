"""`/explore/`: what happened, by a filter and a range of time."""

import dataclasses
import http
from collections.abc import Callable
from datetime import datetime
from typing import Any

import falcon

from panko.api.resources.search.asked import Asked
from panko.asking.search import Filter, FilterError
from panko.errors import InvalidInputError, PankoError
from panko.explore.pages import event, live
from panko.explore.pages.asking import LIVE, OPENED, Asking, exports, sends_twin, with_range
from panko.explore.pages.listing import Listing, Looking
from panko.explore.views import copying, emptiness, filters, queries, spans
from panko.explore.views.histogram import Histogram
from panko.explore.views.links import Place
from panko.explore.views.spans import DEFAULT, Span

NOTHING = Listing()


@dataclasses.dataclass(frozen=True, slots=True)
class State:
    """What is shown: what was found, or what is wrong with the question. The list is looked for when it is needed."""

    span: Span
    asked: Asked | None = None
    drawing: Histogram | None = None
    problem: InvalidInputError | None = None
    listing: Callable[[], Listing] = lambda: NOTHING


@dataclasses.dataclass(frozen=True, slots=True)
class Events:
    """The list of events; above it is what `draw` makes of the question, where it makes anything."""

    asking: Asking
    draw: Callable[[Asked, Place], Histogram | None] = lambda _asked, _place: None

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Show a page of events, or what is wrong with the question."""
        place = self.asking.place(request)
        self._leave_for(place.get("filter") or "", request)
        try:
            asked = self.asking.asked(request, with_range(place))
        except InvalidInputError as error:
            response.status = http.HTTPStatus.BAD_REQUEST
            self._show(request, response, place, State(_said(place), problem=error))
            return
        if sends_twin(request, response, asked):
            return
        question = asked.question
        span = dataclasses.replace(_said(place), start=question.start, end=question.end)
        looking = Looking(self.asking, request, place, span, asked)
        with asked.settings.places.one():
            drawing = self.draw(asked, place)
        if drawing is not None:  # it is seen at once, however long the list takes
            self._show(request, response, place, State(span, asked, drawing, listing=looking.in_the_middle))
            return
        listing = looking.listing()
        self._show(request, response, place, State(span, asked, listing=lambda: listing))

    def _leave_for(self, written: str, request: falcon.Request) -> None:
        """Send somebody to the story of an id that stands alone in the box."""
        pasted = filters.subject(written)
        if pasted:
            kind, found_id = pasted
            links = self.asking.screen.links(request)
            raise falcon.HTTPSeeOther(links.request(found_id) if kind == "request" else links.resource(found_id))

    def _show(self, request: falcon.Request, response: falcon.Response, place: Place, state: State) -> None:
        screen, now, span = self.asking.screen, self.asking.clock(), state.span
        wanted = state.asked.question.wanted if state.asked else Filter()
        wider, problem = spans.wider(span, now=now), state.problem
        show = screen.show if state.drawing is None else screen.begin
        show(
            request,
            response,
            "events.html",
            box=place.get("filter") or "",
            problem=str(problem) if problem else "",
            column=problem.column if isinstance(problem, FilterError) else 0,
            place=place,
            span=span,
            ladder=spans.LADDER,
            chips=[(chip, place.changed(filter=chip.rest or None)) for chip in filters.chips(wanted)],
            listing=state.listing,
            values=self.asking.beside(request, "facets", place.arguments).changed(live=None),
            panel=self._panel(request, place),
            live=self._live(request, place, span) if problem is None else None,
            queries=self._queries(place),
            wider=place.changed(**wider) if wider else None,
            is_admin=self.asking.is_admin(request),
            everybody=place.get("all_projects") == "true",
            copies=self._copies(request, place, span, now),
            exports=exports(place, {} if place.get("from") or place.get("to") else {"from_": span.said_from}),
            histogram=state.drawing,
            event_pipeline=emptiness.event_pipeline(self.asking.server(request)),
        )

    def _panel(self, request: falcon.Request, place: Place) -> dict[str, Any]:
        """Return the event that is open beside the list, which is looked for when it is shown."""
        message_id, links = place.get(OPENED) or "", self.asking.screen.links(request)

        def opened() -> dict[str, Any] | None:
            said = tuple(one for one in place.arguments if one[0] == "all_projects")
            try:
                asked = event.of_id(self.asking, request, message_id, said=said)
                return event.described(self.asking, request, event.found(asked, message_id), asked=asked)
            except PankoError:
                return None

        return {
            "is_open": bool(message_id),
            "opened": opened,
            "whole": links.event(message_id),
            "events": links.event_path(""),
            "closed": place.changed(cursor=place.get("cursor")),
        }

    def _live(self, request: falcon.Request, place: Place, span: Span) -> dict[str, Any] | None:
        """Return how a list goes on by itself; None where it cannot."""
        if not live.begins(place, span):
            return None
        is_on = place.get(LIVE) == "1"
        following = self.asking.beside(request, "live", live.arguments(place, span)).changed()
        return {"is_on": is_on, "on": place.changed(live="1"), "following": following}

    def _queries(self, place: Place) -> list[tuple[str, str]]:
        return [(one.title, place.changed(filter=one.filter)) for one in queries.BUILT_IN]

    def _copies(self, request: falcon.Request, place: Place, span: Span, now: datetime) -> copying.Copies:
        kept = {name: place.get(name) or "" for name in ("filter", "order", "all_projects")}
        arguments = {name: value for name, value in kept.items() if value} | spans.frozen(span, now=now)
        return copying.of_events(self.asking.server(request), place.path.removeprefix(request.root_path), arguments)


def _said(place: Place) -> Span:
    if place.get("from") is None and place.get("to") is None:
        return Span(DEFAULT, "", None, None)
    return Span(place.get("from") or "", place.get("to") or "", None, None)
