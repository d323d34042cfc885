"""`openstack event history`, `trace` and `timings`: operations, with what came of them."""

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from osc_lib import exceptions

from panko_client.errors import InputError
from panko_client.osc.search.asking import NDJSON, SearchCommand, one_more, search, word
from panko_client.osc.search.ndjson import WHOLE
from panko_client.osc.search.rows import OPERATION_COLUMNS, operation_row

INCOMPLETE: Final = (
    "The server did not look at everything in the time that it gives an answer: a begin or an end may be missing, and "
    "what is told as running may have ended. --since shortens the time."
)


class Stories(SearchCommand):
    """Lists operations, and the events that are no part of one."""

    capability = "operations:search"
    oldest_first = False
    single = True

    def told(self, options: argparse.Namespace, text: str) -> tuple[Sequence[str], Iterable[Any]]:
        """Return operations as rows; on a server without search events, in plain columns."""
        if not self.can(self.capability):
            found = list(self.events(options, text, most=self.most(options), oldest_first=self.oldest_first))
            self._require(found, options)
            return self.shown(options, found)
        operations = list(self._operations(options, text))
        self._require(operations, options)
        if options.formatter == NDJSON and not options.columns:
            return WHOLE, ((one,) for one in operations)
        return OPERATION_COLUMNS, [operation_row(one) for one in operations]

    def _operations(self, options: argparse.Namespace, text: str) -> Iterator[Mapping[str, Any]]:
        wanted = search(options, text, oldest_first=self.oldest_first)
        most = self.most(options)
        pages = self.client.searching.operations(wanted, limit=one_more(most), single=self.single)
        return self.found(pages, most=most, inexact=INCOMPLETE)

    def _require(self, found: Sequence[Any], options: argparse.Namespace) -> None:
        if not found:
            message = (
                "Nothing that you may see is known of it: look at the id, ask from an earlier --since, or as an admin "
                "with --all-projects."
            )
            raise exceptions.CommandError(f"{message} {self.last_event(options)}".rstrip())


class History(Stories):
    """Tell what happened to a resource, the newest first"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Take an id."""
        parser = super().get_parser(prog_name)
        parser.add_argument("resource", metavar="<RESOURCE>", help="Id of a server, volume, network, user, …")
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[Sequence[str], Iterable[Any]]:
        """Show what names it, whichever trait does."""
        return self.told(parsed_args, word("resource", parsed_args.resource))


class Trace(Stories):
    """Tell what a request did in all services, the oldest first"""

    oldest_first = True
    limit = 500

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Take the id of a request."""
        parser = super().get_parser(prog_name)
        parser.add_argument("request", metavar="<REQUEST>", help="Id of a request, req-…")
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[Sequence[str], Iterable[Any]]:
        """Show its operations and events."""
        return self.told(parsed_args, word("request", parsed_args.request))


class Timings(Stories):
    """Tell how long operations of a type took, such as compute.instance.create"""

    since = "7d"
    single = False

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Take a type without its suffix."""
        parser = super().get_parser(prog_name)
        parser.add_argument("type", metavar="<TYPE>", help="Event type without .start and .end")
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[Sequence[str], Iterable[Any]]:
        """Show each operation with its duration."""
        if not self.can(self.capability):
            raise InputError("This server has no search, so how long operations took cannot be asked of it.")
        stem = parsed_args.type
        suffixes = ("request", "response") if stem.endswith("http") else ("start", "end", "error")
        return self.told(parsed_args, " ".join(word("type", f"{stem}.{suffix}") for suffix in suffixes))
