"""Where links lead. Every one of them begins with the root of the page, whatever is in a value. Pure."""

import dataclasses
import functools
from collections.abc import Callable, Iterable
from urllib.parse import quote, quote_plus, urlencode

Arguments = tuple[tuple[str, str], ...]


def url(path: str, arguments: Iterable[tuple[str, str]] = ()) -> str:
    """Write a URL."""
    query = _query(tuple(arguments))
    return f"{path}?{query}" if query else path


@functools.lru_cache(maxsize=1000)  # all links of a screen end with the same
def _query(arguments: Arguments) -> str:
    return urlencode(arguments)


@dataclasses.dataclass(frozen=True, slots=True)
class Links:
    """Addresses of screens. `root` is where the page is, such as /explore; `kept` goes along from screen to screen."""

    root: str
    kept: Arguments = ()

    @property
    def events(self) -> str:
        """Return the list of events as it is first seen."""
        return url(f"{self.root}/", self.kept)

    def filtered(self, text: str, *more: tuple[str, str]) -> str:
        """Return the list of events by a filter."""
        return url(f"{self.root}/", [("filter", text), *more, *self.kept])

    def event(self, message_id: str) -> str:
        """Return one event."""
        return self._of("events", message_id)

    def event_path(self, message_id: str) -> str:
        """Return the path of one event."""
        return f"{self.root}/events/{quote(message_id, safe='')}"

    def resource(self, resource_id: str) -> str:
        """Return the story of a resource."""
        return self._of("resources", resource_id)

    def request(self, request_id: str) -> str:
        """Return what a request did."""
        return self._of("requests", request_id)

    def compare(self, first: str, second: str = "") -> str:
        """Return two events side by side."""
        return url(f"{self.root}/compare", [("a", first), *([("b", second)] if second else []), *self.kept])

    @property
    def pipeline(self) -> str:
        """Return how new events are."""
        return f"{self.root}/pipeline"

    def static(self, name: str) -> str:
        """Return a file that comes with the page."""
        return f"{self.root}/static/{name}"

    def login(self, following: str = "") -> str:
        """Return where people log in, and then go on to what they wanted."""
        return url(f"{self.root}/login", [("next", following)] if following else [])

    def websso(self, way: str, following: str) -> str:
        """Return where a login at Keystone itself begins, in one of the ways."""
        return url(f"{self.root}/websso/begin", [("way", way), ("next", following)])

    def project(self, following: str = "") -> str:
        """Return where people choose a project."""
        return url(f"{self.root}/login/project", [("next", following)] if following else [])

    def theme(self, following: str) -> str:
        """Return where people choose light or dark, and then go on."""
        return url(f"{self.root}/theme", [("next", following)])

    @property
    def logout(self) -> str:
        """Return where people leave."""
        return f"{self.root}/logout"

    def _of(self, kind: str, identifier: str) -> str:
        return url(f"{self.root}/{kind}/{quote(identifier, safe='')}", self.kept)


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """A screen with its arguments, of which links change some."""

    path: str
    arguments: Arguments = ()

    def get(self, name: str) -> str | None:
        """Return an argument."""
        return next((value for key, value in self.arguments if key == name), None)

    def changed(self, **changes: str | None) -> str:
        """Return the URL with other arguments: None takes one out. `from_` is `from`.

        The cursor, and the event that is open, are of before.
        """
        new: dict[str, str | None] = {"cursor": None, "event": None}
        new |= {name.rstrip("_"): value for name, value in changes.items()}
        kept = [(name, value) for name, value in self.arguments if name not in new]
        return url(self.path, [*kept, *((name, value) for name, value in new.items() if value is not None)])

    def by(self, name: str) -> Callable[[str], str]:
        """Return what makes the URL with another value of one argument; the rest is written once for all of them."""
        rest = self.changed(**{name: None})
        begin = f"{rest}{'&' if '?' in rest else '?'}{name}="
        return lambda value: begin + quote_plus(value) if value else rest
