"""`openstack event search`: events by a filter, and as they arrive."""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

from panko_client.osc.search.asking import SearchCommand, search

TAIL: Final = timedelta(minutes=10)


class SearchEvents(SearchCommand):
    """Search events by a filter, such as "outcome:failed type:compute.* -host:compute-1"."""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Take a filter, and whether to go on."""
        parser = super().get_parser(prog_name)
        parser.add_argument("filter", metavar="<FILTER>", nargs="*", help="Words KEY:VALUE, which all have to hold")
        parser.add_argument("--oldest-first", action="store_true", help="Show the oldest first")
        parser.add_argument(
            "--follow",
            action="store_true",
            help="Show events as they arrive, those of the last 10 minutes first unless --since says otherwise",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[Sequence[str], Iterable[Any]]:
        """Show the newest, or follow."""
        text = " ".join(parsed_args.filter)
        if not parsed_args.follow:
            most, oldest_first = self.most(parsed_args), parsed_args.oldest_first
            return self.shown(parsed_args, self.events(parsed_args, text, most=most, oldest_first=oldest_first))
        if parsed_args.until:
            self.say("--until is left out: following has no end.")
            parsed_args.until = None
        if parsed_args.formatter == "table":
            self.write_lines(parsed_args)
        parsed_args.since = parsed_args.since or datetime.now(UTC) - TAIL
        return self.shown(parsed_args, self._following(parsed_args, text))

    def _following(self, options: argparse.Namespace, text: str) -> Iterator[Any]:
        if self.can("events:search:follow"):
            return islice(self.client.searching.follow(search(options, text)), options.limit)
        found = self.client.follow(*self.plain_filters(text), since=options.since, all_tenants=options.all_projects)
        return islice((_document(one) for one in found), options.limit)


def _document(event: Any) -> dict[str, Any]:
    wire = event.wire()
    traits = [{"name": one.name, "type": one.type, "value": _text(one)} for one in event.traits]
    return {**wire, "traits": traits}


def _text(trait: Any) -> str:
    _, _, value = trait.wire()
    return str(value)
