"""`openstack event type list`, `trait list`, `trait description` and `capabilities list`, as pankoclient had them."""

import argparse
from collections.abc import Iterable, Sequence
from typing import Any

from osc_lib.command import command

from panko_client.osc.events import client_of


class ListTypes(command.Lister):
    """List event types"""

    def take_action(self, _parsed_args: argparse.Namespace) -> tuple[Sequence[str], Iterable[Any]]:
        """Show each type in a row."""
        return ("Event Type",), [(one,) for one in client_of(self).event_types()]


class ListTraits(command.Lister):
    """List event traits of a specified event type and trait name"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Take an event type and a trait's name."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "type_name", metavar="<EVENT_TYPE>", help="Type of the event for which traits will be listed."
        )
        parser.add_argument("trait_name", metavar="<TRAIT_NAME>", help="The name of the trait to list.")
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[Sequence[str], Iterable[Any]]:
        """Show each value as the API does."""
        found = client_of(self).trait_documents(parsed_args.type_name, parsed_args.trait_name)
        columns = ("name", "value", "type")
        return columns, [tuple(one[column] for column in columns) for one in found]


class DescribeTraits(command.Lister):
    """List trait info for an event type."""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Take an event type."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "type_name",
            metavar="<EVENT_TYPE>",
            help="Type of the event for which traits definitions will be shown.",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[Sequence[str], Iterable[Any]]:
        """Show a name and a type in each row."""
        found = client_of(self).trait_descriptions(parsed_args.type_name)
        return ("name", "type"), [(one.name, one.type) for one in found]


class ListCapabilities(command.ShowOne):
    """List capabilities for event service"""

    def take_action(self, _parsed_args: argparse.Namespace) -> tuple[Sequence[str], Iterable[Any]]:
        """Show the capabilities of the API and of its storage."""
        names, values = self.dict2columns(dict(client_of(self).capabilities()))
        return tuple(names), tuple(values)
