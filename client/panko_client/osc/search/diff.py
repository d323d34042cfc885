"""`openstack event diff`: what two events have different."""

import argparse
from collections.abc import Iterable, Sequence
from typing import Any

from panko_client.osc.events import client_of
from panko_client.osc.search.formulas import GuardedLister
from panko_client.osc.search.rows import printable, traits_of


class DiffEvents(GuardedLister):
    """Show what two events have different"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Take two ids."""
        parser = super().get_parser(prog_name)
        parser.add_argument("first", metavar="<ID>", help="Id of an event")
        parser.add_argument("second", metavar="<ID>", help="Id of another one")
        parser.add_argument("--same", action="store_true", help="Show what is the same too")
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[Sequence[str], Iterable[Any]]:
        """Show each part of them in a row."""
        one, other = (_parts(client_of(self).document(name)) for name in (parsed_args.first, parsed_args.second))
        names = sorted(one.keys() | other.keys())
        rows = ((name, one.get(name, ""), other.get(name, "")) for name in names)
        return ("Name", "First", "Second"), [row for row in rows if parsed_args.same or row[1] != row[2]]


def _parts(document: Any) -> dict[str, str]:
    own = {name: str(document[name]) for name in ("event_type", "generated")}
    return {printable(name): printable(value) for name, value in (own | traits_of(document)).items()}
