"""`openstack event count`: how many events have the same type, host, …, or are of the same hour"""

import argparse
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from panko_client.osc.search.asking import SearchCommand, search
from panko_client.osc.search.counting import tallies
from panko_client.osc.search.counting.tallies import HOUR, Tally
from panko_client.osc.search.outcomes import outcome
from panko_client.osc.search.rows import printable, traits_of

WIDTH: Final = 30
OWN: Final = {"type": "event_type", "event_type": "event_type"}
KEYS: Final = {"request": "request_id", "resource": "resource_id", "user": "user_id", "project": "project_id"}


class CountEvents(SearchCommand):
    """Count events by type, by hour or by traits"""

    since = "24h"

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Take a filter, and by what is counted."""
        parser = super().get_parser(prog_name)
        parser.add_argument("filter", metavar="<FILTER>", nargs="*", help="Words KEY:VALUE, which all have to hold")
        parser.add_argument(
            "--by",
            metavar="<KEY,KEY>",
            default="type",
            help="type, outcome, hour, user, host or any trait (Default: type)",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[Sequence[str], Iterable[Any]]:
        """Count all that is found, and show the most frequent, or each hour."""
        keys = [key.strip() for key in parsed_args.by.split(",") if key.strip()]
        counts = self._told(parsed_args, keys)
        if counts is None:
            found = self.events(parsed_args, " ".join(parsed_args.filter), most=None)
            counts = Counter(tuple(_value(one, key) for key in keys) for one in found)
        by_time = keys[:1] == [HOUR]
        rows = sorted(counts.items(), key=lambda row: row[0] if by_time else (-row[1], row[0]))
        shown = rows[: self.most(parsed_args)]
        self.say(f"{counts.total()} events")
        if len(shown) < len(rows):
            self.say_more(len(shown))
        drawn = parsed_args.formatter == "table" and self.app.stdout.isatty()
        columns = (*keys, "count", *(("bar",) if drawn else ()))
        largest = max(counts.values(), default=1) or 1
        return columns, [(*values, count, *((_bar(count, largest),) if drawn else ())) for values, count in shown]

    def _told(self, options: argparse.Namespace, keys: Sequence[str]) -> Tally | None:
        """Return what the server has counted; None where it does not count so, or not all of it in its time."""
        wanted = search(options, " ".join(options.filter))
        if keys[:1] == [HOUR] and self.can("events:search:histogram"):
            return tallies.by_hour(self.client.searching, wanted, keys[1:])
        if len(keys) == 1 and self.can("events:search:facets") and self.can("events:search:histogram"):
            return tallies.by_value(self.client.searching, wanted, keys[0])
        return None


def _bar(count: int, largest: int) -> str:
    return "█" * max(1 if count else 0, count * WIDTH // largest)


def _value(document: Mapping[str, Any], key: str) -> str:
    if key == "outcome":
        return outcome(str(document["event_type"]), traits_of(document))
    if key == HOUR:
        return tallies.hour_of(str(document["generated"]))
    if key in OWN:
        return printable(str(document[OWN[key]]))
    return printable(traits_of(document).get(KEYS.get(key, key), ""))
