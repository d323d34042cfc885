"""`openstack event export`: every event of a search into a file, which an interrupted export goes on with."""

import argparse
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from osc_lib.command import command

from panko_client import moments
from panko_client.errors import InputError
from panko_client.osc.events import client_of
from panko_client.osc.search import mark
from panko_client.osc.search.asking import search
from panko_client.osc.search.mark import Mark

FORMATS: Final = ("ndjson", "csv", "cloudevents")
PART: Final = ".part"


class ExportEvents(command.Command):
    """Write every event that a filter finds into a file"""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Take a filter and a file."""
        parser = super().get_parser(prog_name)
        parser.add_argument("filter", metavar="<FILTER>", nargs="*", help="Words KEY:VALUE, which all have to hold")
        parser.add_argument(
            "--since", metavar="<TIME>", type=moments.option, help="From then on: 10m, 2h, 3d or ISO 8601 (UTC)"
        )
        parser.add_argument("--until", metavar="<TIME>", type=moments.option, help="Before then")
        parser.add_argument("--all-projects", action="store_true", help="Ask for every project (admins only)")
        parser.add_argument("-o", "--output", metavar="<FILE>", type=Path, required=True, help="The file")
        parser.add_argument(
            "--resume", action="store_true", help="Go on where an export into this file was interrupted"
        )
        parser.add_argument(
            "-f",
            "--format",
            choices=FORMATS,
            default=FORMATS[0],
            help="ndjson is an event a line, as panko-import takes it; csv is a row an event (Default: ndjson)",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> int:
        """Export, and say how many or that it is whole."""
        options, file = parsed_args, parsed_args.output
        api = client_of(self).capabilities().get("api", {})
        if not api.get("events:search"):
            raise InputError(
                "This server has no search, so nothing can be exported: openstack event list -f json lists."
            )
        if options.format != FORMATS[0]:
            self._downloaded(options, file)
            return 0
        count = self._lines(options, file)
        self.app.stderr.write(f"{count} events in {file}\n")
        return 0

    def _downloaded(self, options: argparse.Namespace, file: Path) -> None:
        """Write what the server makes of the events; the file has another name until it is whole."""
        if options.resume:
            raise InputError("--resume is for ndjson: what the server writes as a whole cannot be gone on with.")
        if file.exists():
            raise InputError(f"{file} is there already: name another --output.")
        part = file.with_name(file.name + PART)
        with part.open("wb") as output:
            wanted = search(options, " ".join(options.filter), oldest_first=True)
            output.writelines(client_of(self).searching.download(wanted, options.format))
        part.replace(file)
        self.app.stderr.write(f"{file} is whole\n")

    def _lines(self, options: argparse.Namespace, file: Path) -> int:
        """Write page after page, and keep how far it is beside the file until it is whole."""
        at = _resumed(options, file) if options.resume else _new(options, file)
        if not options.resume or at.cursor is not None:
            at = self._pages(options, file, at)
        mark.path_of(file).unlink()
        return at.count

    def _pages(self, options: argparse.Namespace, file: Path, at: Mark) -> Mark:
        wanted = search(options, " ".join(options.filter), oldest_first=True)
        with file.open("r+b" if at.cursor else "wb") as output:
            output.seek(at.offset)
            output.truncate()
            for page in client_of(self).searching.events(wanted, cursor=at.cursor):
                output.writelines(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in page.found)
                output.flush()
                os.fsync(output.fileno())  # the mark must never be ahead of the file
                at = replace(at, count=at.count + len(page.found), offset=output.tell(), cursor=page.next)
                mark.save(at, file)
                if page.next:
                    self.app.stderr.write(f"{at.count} events …\n")
        return at


def _new(options: argparse.Namespace, file: Path) -> Mark:
    """Return where an export begins."""
    if file.exists():
        resumed = ", or go on with --resume" if mark.path_of(file).exists() else ""
        raise InputError(f"{file} is there already: name another --output{resumed}.")
    since, until = (value and value.isoformat() for value in (options.since, options.until))
    return Mark(" ".join(options.filter), options.all_projects, since, until)


def _resumed(options: argparse.Namespace, file: Path) -> Mark:
    """Return where the export into this file is, and take its times."""
    at = mark.load(file)
    if not at.is_of(" ".join(options.filter), all_projects=options.all_projects):
        raise InputError(f"The export into {file} was of another filter: give that one, or name another --output.")
    now = datetime.now(UTC)
    options.since, options.until = (value and moments.parse(value, now) for value in (at.since, at.until))
    return at
