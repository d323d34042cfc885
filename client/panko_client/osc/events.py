"""`openstack event list` and `show`, with the options and columns of pankoclient."""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from osc_lib.command import command

from panko_client import moments
from panko_client.client import EventClient
from panko_client.osc import filters
from panko_client.osc.plugin import API_NAME
from panko_client.query import Query, query

COLUMNS: Final = ("event_type", "generated", "message_id", "traits:name", "traits:value", "traits:type")


def client_of(one: command.Command) -> EventClient:
    """Return the client that the plugin has made."""
    client: EventClient = getattr(one.app.client_manager, API_NAME)
    return client


class ListEvents(command.Lister):
    """List events"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Take pankoclient's options, and times."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--filter",
            metavar="<KEY>=<VALUE>",
            type=filters.parse,
            action="append",
            default=[],
            help="Show events with this trait, event_type or message_id; repeat for more, which all have to hold. "
            "Also != < <= > >=, and KEY:integer, KEY:float or KEY:datetime to compare as that.",
        )
        parser.add_argument("--type", metavar="<EVENT_TYPE>", help="Show events of this type")
        parser.add_argument(
            "--since",
            metavar="<TIME>",
            type=moments.option,
            help="Show events from then on: 10m, 2h, 3d or ISO 8601 (UTC)",
        )
        parser.add_argument("--until", metavar="<TIME>", type=moments.option, help="Show events up to then")
        parser.add_argument("--all-projects", action="store_true", help="Show events of every project (admins only)")
        parser.add_argument(
            "--limit",
            type=filters.number,
            metavar="<LIMIT>",
            help="Number of events to return (Default is server default)",
        )
        parser.add_argument(
            "--marker",
            metavar="<MARKER>",
            help="Last item of the previous listing. Return the next results after this value, the supported marker "
            "is message_id.",
        )
        parser.add_argument(
            "--sort",
            action="append",
            metavar="<SORT_KEY:SORT_DIR>",
            help="Sort of events attribute, e.g. generated:asc",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[Sequence[str], Iterable[Any]]:
        """Ask for one page of the server's length, or for as many as the limit takes."""
        client, wanted = client_of(self), asked(parsed_args)
        if parsed_args.limit is None:
            return COLUMNS, [_row(one) for one in client.page(wanted, marker=parsed_args.marker)]
        found = client.documents(wanted, limit=parsed_args.limit, marker=parsed_args.marker)
        return COLUMNS, [_row(one) for one in islice(found, parsed_args.limit)]


class ShowEvent(command.ShowOne):
    """Show an event"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Take the id of an event."""
        parser = super().get_parser(prog_name)
        parser.add_argument("message_id", metavar="<message_id>", help="event of specified message_id to display")
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[Sequence[str], Iterable[Any]]:
        """Show its traits as JSON, as pankoclient did, in the order that cliff gives to what the API says."""
        document = dict(client_of(self).document(parsed_args.message_id))
        document["traits"] = json.dumps(document["traits"], indent=4)
        names, values = self.dict2columns(document)
        return list(names), list(values)


def asked(options: argparse.Namespace) -> Query:
    """Return the query that the options are."""
    return query(
        *options.filter,
        event_type=options.type,
        since=options.since,
        until=options.until,
        all_tenants=options.all_projects,
        sort=options.sort or (),
    )


def _row(document: Mapping[str, Any]) -> tuple[str, ...]:
    traits = document["traits"]
    return (
        document["event_type"],
        document["generated"],
        document["message_id"],
        *("\n".join(str(trait[part]) for trait in traits) for part in ("name", "value", "type")),
    )
