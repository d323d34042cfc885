"""`openstack event create`: from options, or from a file of JSON."""

import argparse
import json
import re
import sys
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from osc_lib.command import command

from panko_client import moments
from panko_client.errors import InputError
from panko_client.event import DTYPES, Event, Trait, posted, value_of
from panko_client.osc.events import client_of

TRAIT: Final = re.compile(rf"(?P<name>[^=]+?)(?::(?P<type>{'|'.join(DTYPES)}))?=(?P<value>.*)", re.DOTALL)


class CreateEvents(command.ShowOne):
    """Store one event, or those of a file"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Take a file, or what an event has."""
        parser = super().get_parser(prog_name)
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--type", metavar="<EVENT_TYPE>", help="Store one event of this type")
        what.add_argument(
            "--file",
            metavar="<FILE>",
            help="Store the events of a file: an event, a list, or an event a line; - reads standard input",
        )
        parser.add_argument("--message-id", metavar="<ID>", help="Id of the event (Default: a new one)")
        parser.add_argument(
            "--generated", metavar="<TIME>", help="When it happened, ISO 8601 or 10m ago (Default: now)"
        )
        parser.add_argument(
            "--trait",
            metavar="<NAME>=<VALUE>",
            type=trait,
            action="append",
            default=[],
            help="A trait; NAME:integer, NAME:float or NAME:datetime gives it a type. Repeat for more",
        )
        parser.add_argument("--raw", metavar="<JSON>", default="{}", help="What is kept beside the traits")
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[Sequence[str], Iterable[Any]]:
        """Store, and show how many were new."""
        if parsed_args.file:
            stored = client_of(self).create(*documents(_text(parsed_args.file)))
            return ("created", "duplicates"), (stored.created, stored.duplicates)
        event = of_options(parsed_args, datetime.now(UTC))
        stored = client_of(self).create(event)
        shown = (event.message_id, stored.created, stored.duplicates)
        return ("message_id", "created", "duplicates"), shown


def trait(text: str) -> Trait:
    """Return the trait that `NAME=VALUE` or `NAME:integer=VALUE` is."""
    found = TRAIT.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no trait: write NAME=VALUE, or NAME:integer=VALUE.")
    kind = found["type"] or "string"
    try:
        return Trait(found["name"], value_of(kind, found["value"]), kind)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{found['value']!r} is no value of the type {kind}; write one, or leave the type out."
        ) from error


def of_options(options: argparse.Namespace, now: datetime) -> Event:
    """Return the event that the options tell of. Raise InputError for what is wrong with them."""
    try:
        raw = json.loads(options.raw)
    except (ValueError, RecursionError) as error:
        raise InputError("--raw is no JSON.") from error
    return Event(
        options.message_id or str(uuid.uuid4()),
        options.type,
        moments.parse(options.generated, now) if options.generated else now,
        tuple(options.trait),
        raw,
    )


def documents(text: str) -> list[Mapping[str, Any]]:
    """Return the events of a text: one, a list, or one a line. Raise InputError with the line that is wrong."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        # Not splitlines: JSON may hold U+2028 and other ends of a line as they are.
        lines = enumerate((line.rstrip("\r") for line in text.split("\n")), 1)
        return [_of_line(line, number) for number, line in lines if line.strip()]
    found = whole if isinstance(whole, list) else [whole]
    return [posted(one) for one in found]


def _of_line(line: str, number: int) -> Mapping[str, Any]:
    try:
        return posted(json.loads(line))
    except (ValueError, RecursionError) as error:
        raise InputError(f"Line {number} is no JSON: {error}.") from error


def _text(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{name} cannot be read: {error}.") from error
