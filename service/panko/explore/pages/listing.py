"""The list of events, which is looked for when what stands above it was sent already."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime

import falcon

from panko.api.messages import faults
from panko.api.resources.search.answers import DEFAULT_LIMIT, cursor
from panko.api.resources.search.asked import Asked
from panko.explore.pages.asking import Asking
from panko.explore.views import emptiness
from panko.explore.views.links import Place
from panko.explore.views.rows import Row, rows
from panko.explore.views.spans import Span
from panko.stories import names_in


@dataclasses.dataclass(frozen=True, slots=True)
class Listing:
    """Rows, where they go on, how far was looked where that was not to the end, and why there are none."""

    rows: Sequence[Row] = ()
    earlier: str | None = None
    reached: datetime | None = None
    nothing: emptiness.Emptiness | None = None
    problem: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Looking:
    """Who looks for a list, and for what."""

    asking: Asking
    request: falcon.Request
    place: Place
    span: Span
    asked: Asked

    def listing(self) -> Listing:
        """Look for the list. Raise PankoError."""
        asked, place = self.asked, self.place
        with asked.settings.places.one():
            found = asked.find(asked.question.limit or DEFAULT_LIMIT)
            nothing = None if found.events else self._why()
        following = cursor(asked.question, found)
        events = list(found.events)  # a page makes its events anew each time that somebody goes through it
        made = rows(
            events,
            names_in(events),
            wanted=asked.question.wanted,
            links=self.asking.screen.links(self.request),
            url=place.by("filter"),
        )
        return Listing(made, place.changed(cursor=following) if following else None, found.reached, nothing)

    def in_the_middle(self) -> Listing:
        """Look for the list while the answer is sent already: what goes wrong is told in its place."""
        try:
            return self.listing()
        except Exception as error:  # noqa: BLE001 - whatever it is, the rest of the screen is owed
            return Listing(problem=faults.fault_of(error, self.request.env).text)

    def _why(self) -> emptiness.Emptiness:
        everything = "true" if self.asked.question.all_projects else ""
        newest = self.asking.asked(self.request, (("all_projects", everything),)).find(1).events
        last = newest[0].generated if newest else None
        seen = emptiness.Seen(bool(newest), last, self.asking.is_admin(self.request))
        return emptiness.why(self.place, self.span, has_filter=bool(self.asked.question.wanted.tokens), seen=seen)
