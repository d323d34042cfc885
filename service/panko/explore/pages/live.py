"""`/explore/live`: what came since, for a list that goes on by itself. It is asked for as whoever follows asks."""

import dataclasses

import falcon

from panko.api.resources.search.answers import cursor
from panko.explore.pages.asking import LIVE, RANGE, Asking
from panko.explore.views.links import Arguments, Place
from panko.explore.views.rows import rows
from panko.explore.views.spans import Span
from panko.stories import names_in

FOLLOW = "60s"  # so late may an event be stored, and still be seen
MOST = 200
KEPT = ("filter", "all_projects")


@dataclasses.dataclass(frozen=True, slots=True)
class Live:
    """Rows that are new, and where the next ones are."""

    asking: Asking

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Show what came."""
        place = self.asking.place(request)
        asked = self.asking.asked(request, (*place.arguments, ("follow", FOLLOW)))
        with asked.settings.places.one():
            found = asked.find(MOST)
        listed = self.asking.events(request, _of_list(place))
        events = list(reversed(list(found.events)))
        made = rows(
            events,
            names_in(events),
            wanted=asked.question.wanted,
            links=self.asking.screen.links(request),
            url=listed.by("filter"),
        )
        following = place.changed(cursor=cursor(asked.question, found))
        self.asking.screen.show(request, response, "live.html", rows=made, following=following)


def begins(place: Place, span: Span) -> bool:
    """Tell whether a list can go on by itself: the newest of a range that has no end."""
    return not (span.said_to or place.get("cursor") or place.get("order") in ("oldest", "asc"))


def arguments(place: Place, span: Span) -> Arguments:
    """Return what a list asks for that goes on."""
    return (*_kept(place), (RANGE, span.said_from))


def _of_list(place: Place) -> Arguments:
    return (*_kept(place), ("from", place.get(RANGE) or ""), (LIVE, "1"))


def _kept(place: Place) -> Arguments:
    said = ((name, place.get(name) or "") for name in KEPT)
    return tuple((name, value) for name, value in said if value)
