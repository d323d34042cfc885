"""How screens ask: by the API's own searches, as the same caller, with what the URL says."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import falcon

from panko.api.callers import credentials
from panko.api.messages import body
from panko.api.resources.search.answers import answer
from panko.api.resources.search.asked import Asked, Searching
from panko.explore.frame import Screen
from panko.explore.session.following import path
from panko.explore.views.links import Arguments, Place
from panko.explore.views.spans import DEFAULT
from panko.filters import Expression

Named = Callable[[Sequence[str]], Expression]
# What an empty field of a form leaves in a URL; of these it says nothing.
OPTIONAL = ("filter", "from", "to", "cursor", "order", "all_projects")
# What the page says to itself: that it goes on by itself, the event that is open beside the list, and the list's range.
LIVE, OPENED, RANGE = "live", "event", "range"
OWN = (LIVE, OPENED, RANGE)


def the_clock() -> datetime:
    """Return the time of day."""
    return datetime.now(UTC)


@dataclasses.dataclass(frozen=True, slots=True)
class Asking:
    """What screens work with."""

    searching: Searching
    screen: Screen
    clock: Callable[[], datetime] = the_clock

    def place(self, request: falcon.Request) -> Place:
        """Return the URL of a screen."""
        address = path(request)
        return Place(f"{address}/" if address.endswith("/explore") else address, tuple(body.arguments(request)))

    def events(self, request: falcon.Request, arguments: Arguments) -> Place:
        """Return the list of events with these arguments."""
        return Place(f"{self.screen.links(request).root}/", arguments)

    def beside(self, request: falcon.Request, name: str, arguments: Arguments) -> Place:
        """Return what the list of events loads beside itself."""
        return Place(f"{self.screen.links(request).root}/{name}", arguments)

    def asked(
        self,
        request: falcon.Request,
        said: Arguments,
        *,
        about: str = "",
        also: Named | None = None,
        newest_first: bool = True,
    ) -> Asked:
        """Ask as the API does. Raise ForbiddenError and InvalidInputError."""
        arguments = [(name, value) for name, value in said if (value or name not in OPTIONAL) and name not in OWN]
        return self.searching.asked(request, about=about, also=also, newest_first=newest_first, arguments=arguments)

    def is_admin(self, request: falcon.Request) -> bool:
        """Tell whether the caller may ask for all projects."""
        return self.searching.enforcer.is_admin(credentials.from_environ(request.env))

    def server(self, request: falcon.Request) -> str:
        """Return where the API is, as this browser reaches it."""
        return str(request.prefix)


def with_range(place: Place) -> Arguments:
    """Return the arguments; a range where none was said."""
    if place.get("from") is None and place.get("to") is None:
        return (*place.arguments, ("from", DEFAULT))
    return place.arguments


def exports(place: Place, said: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the same rows in other formats: everything, but of JSON a page."""
    formats = (("CSV", "csv"), ("NDJSON", "ndjson"), ("JSON", "json"), ("CloudEvents", "cloudevents"))
    return [(title, place.changed(**said, live=None, format=name)) for title, name in formats]


def sends_twin(request: falcon.Request, response: falcon.Response, asked: Asked) -> bool:
    """Answer as the API does where another format is asked for; tell whether that is so."""
    if asked.question.format is None:
        return False
    answer(request, response, asked)
    return True
