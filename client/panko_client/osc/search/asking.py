"""What the commands share: their options, where they ask, and how they say what they cannot do."""

import argparse
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from stevedore.extension import Extension, ExtensionManager

from panko_client import moments
from panko_client.client import EventClient
from panko_client.errors import PankoClientError
from panko_client.osc import filters
from panko_client.osc.events import client_of
from panko_client.osc.search import plain
from panko_client.osc.search.formulas import GuardedLister
from panko_client.osc.search.ndjson import WHOLE, NdjsonFormatter
from panko_client.osc.search.rows import EVENT_COLUMNS, event_row
from panko_client.query import Filter, query
from panko_client.searching import Freshness, Page, Search

NDJSON: Final = "ndjson"
SORTS: Final = {True: ("generated:asc", "message_id:asc"), False: ("generated:desc", "message_id:desc")}
IN_PIECES: Final = (
    "This takes longer than the server gives an answer, so it is asked for in pieces: --since shortens the time."
)
BARE: Final = re.compile(r"[\w.:/+@-]+")


class SearchCommand(GuardedLister):
    """Lists what a search finds. Data goes to standard output, words to standard error."""

    since: str | None = None
    limit = 50
    _api: Mapping[str, Any] | None = None  # what the server can do, once it was asked

    def _load_formatter_plugins(self) -> Any:
        found = list(super()._load_formatter_plugins())
        mine: list[Any] = [Extension(NDJSON, None, NdjsonFormatter, NdjsonFormatter())]  # type: ignore[arg-type] # no entry
        return ExtensionManager.make_test_instance([*found, *mine], namespace=self.formatter_namespace)

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Take times, how many, and whose."""
        parser = super().get_parser(prog_name)
        default = f" (Default: {self.since} ago)" if self.since else " (Default: all that is kept)"
        parser.add_argument(
            "--since",
            metavar="<TIME>",
            type=moments.option,
            default=self.since,
            help=f"Show what happened from then on: 10m, 2h, 3d or ISO 8601 (UTC){default}",
        )
        parser.add_argument("--until", metavar="<TIME>", type=moments.option, help="Show what happened before then")
        parser.add_argument("--all-projects", action="store_true", help="Ask for every project (admins only)")
        many = parser.add_mutually_exclusive_group()
        many.add_argument("--limit", metavar="<N>", type=filters.number, help=f"Show so many (Default: {self.limit})")
        many.add_argument("--all", action="store_true", help="Show all that is found")
        return parser

    @property
    def client(self) -> EventClient:
        """The client of the command line's login."""
        return client_of(self)

    def can(self, capability: str) -> bool:
        """Tell whether the server has something that v2 of old has not."""
        if self._api is None:
            told = self.client.capabilities().get("api")
            self._api = told if isinstance(told, Mapping) else {}
        return bool(self._api.get(capability))

    def most(self, options: argparse.Namespace) -> int | None:
        """Return how many rows are shown at most."""
        return None if options.all else options.limit or self.limit

    def write_lines(self, options: argparse.Namespace) -> None:
        """Write a row a line instead of a table, which is drawn when its last row is known."""
        lines = self._formatter_plugins["value"].obj
        if lines is not None:
            self.formatter, options.formatter = lines, "value"

    def say(self, words: str) -> None:
        """Tell the person, not the pipe."""
        self.app.stderr.write(f"{words}\n")

    def events(
        self, options: argparse.Namespace, text: str, *, most: int | None, oldest_first: bool = False
    ) -> Iterator[Any]:
        """Yield events by a filter: by the server's search, or by v2's list where it has none."""
        if not self.can("events:search"):
            yield from self._plain(options, text, most=most, oldest_first=oldest_first)
            return
        pages = self.client.searching.events(search(options, text, oldest_first=oldest_first), limit=one_more(most))
        is_empty = True
        for one in self.found(pages, most=most, inexact=IN_PIECES):
            is_empty = False
            yield one
        if is_empty:
            self.say(f"Nothing was found. {self.last_event(options)}".rstrip())

    def last_event(self, options: argparse.Namespace) -> str:
        """Tell how new events are, for whom nothing was found; nothing where the server does not tell."""
        try:
            if not self.can("events:freshness"):
                return ""
            found = self.client.searching.freshness(all_projects=options.all_projects)
        except PankoClientError:  # it is beside the question
            return ""
        return freshness(found, since=options.since, now=datetime.now(UTC), of_all=options.all_projects)

    def found(self, pages: Iterable[Page], *, most: int | None, inexact: str) -> Iterator[Any]:
        """Yield what is on pages, and say when the server's time was over on one of them."""
        return self.first(self._found(pages, inexact), most)

    def first(self, found: Iterable[Any], most: int | None) -> Iterator[Any]:
        """Yield so many at most, and say when there is more: `one_more` is what has to be asked for."""
        for count, one in enumerate(found):
            if count == most:
                self.say_more(count)
                return
            yield one

    def _found(self, pages: Iterable[Page], inexact: str) -> Iterator[Any]:
        exact = True
        for page in pages:
            if exact and not page.exact:
                self.say(inexact)
            exact = exact and page.exact
            yield from page.found

    def say_more(self, count: int) -> None:
        """Tell that there is more than is shown."""
        self.say(f"There is more than {count}: --limit N or --all shows it, --since shortens the time.")

    def shown(self, options: argparse.Namespace, found: Iterable[Mapping[str, Any]]) -> tuple[Any, Iterable[Any]]:
        """Return columns and rows of events; as ndjson whole events, in a form that can be imported."""
        if options.formatter == NDJSON and not options.columns:
            return WHOLE, ((one,) for one in found)
        rows = (event_row(one) for one in found)
        return EVENT_COLUMNS, list(rows) if options.formatter == "table" else rows

    def plain_filters(self, text: str) -> Sequence[Filter]:
        """Return a filter in v2's terms, and say what that does not find."""
        found = plain.filters(text)
        less = plain.lost(text)
        self.say("This server has no search, so its list is asked" + (f": {less}." if less else "."))
        return found

    def _plain(self, options: argparse.Namespace, text: str, *, most: int | None, oldest_first: bool) -> Iterator[Any]:
        wanted = query(
            *self.plain_filters(text),
            since=options.since,
            until=options.until,
            all_tenants=options.all_projects,
            sort=SORTS[oldest_first],
        )
        yield from self.first(self.client.documents(wanted, limit=one_more(most)), most)


def freshness(found: Freshness, *, since: datetime | None, now: datetime, of_all: bool) -> str:
    """Say when the last event was, and from when on there are any."""
    if found.newest is None:
        if of_all:
            return "No event is stored at all: no producer has published yet, or what there was has expired."
        return "There is no event that you may see."
    which = "The last event" if of_all else "The last event that you may see"
    last = f"{which} was {moments.ago(now - found.newest)}."
    if since is None or found.oldest is None or since >= found.oldest:
        return last
    return f"{last} Of what was before {moments.written(found.oldest)} nothing is kept."


def search(options: argparse.Namespace, text: str, *, oldest_first: bool = False) -> Search:
    """Return the search that the options and a filter are."""
    return Search(text, options.since, options.until, oldest_first, options.all_projects)


def one_more(most: int | None) -> int | None:
    """Return how many to ask for, to see whether there is more than is shown."""
    return None if most is None else most + 1


def word(key: str, value: str) -> str:
    """Return a word of a filter, quoted where it has to be."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f"{key}:{value}" if BARE.fullmatch(value) else f'{key}:"{escaped}"'
