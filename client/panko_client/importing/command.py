"""`panko-import`: the only module that knows the command line, the terminal and exit codes."""

import argparse
import dataclasses
import sys
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from keystoneauth1 import exceptions

from panko_client import login
from panko_client.client import EventClient
from panko_client.delivery import BATCH_EVENTS
from panko_client.errors import PankoClientError
from panko_client.importing import archive, lines
from panko_client.importing.importer import Importer, Pace
from panko_client.importing.progress import Progress
from panko_client.importing.rejects import Rejects
from panko_client.importing.source import STDIN, Source
from panko_client.importing.state import Position, State
from panko_client.patience import Clock, Patience

DONE: Final = 0
STOPPED: Final = 1
SOME_REFUSED: Final = 3
INTERRUPTED: Final = 130
FILES: Final = "an event a line, packed by gzip or not; a manifest or a folder of an archive; - is stdin"


@dataclasses.dataclass(frozen=True, slots=True)
class _Run:
    """What all files of a command share."""

    client: EventClient
    state: State
    rejects: Rejects
    progress: Progress


def main(argv: Sequence[str] | None = None) -> int:
    """Import files, and return the exit code."""
    options = _parsed(list(sys.argv[1:] if argv is None else argv))
    progress = Progress(sys.stderr, time.monotonic)
    try:
        ends = _all(options, progress)
    except (PankoClientError, exceptions.ClientException, OSError, EOFError, zlib.error) as error:
        progress.end()
        print(f"panko-import: {error} {_kept(options)}", file=sys.stderr)
        return STOPPED
    except KeyboardInterrupt:
        progress.end()
        print(f"panko-import: Interrupted. {_kept(options)}", file=sys.stderr)
        return INTERRUPTED
    progress.end()
    created, duplicates = sum(one.created for one in ends), sum(one.duplicates for one in ends)
    refused = sum(one.refused for one in ends)
    print(f"{created} stored, {duplicates} duplicates, {refused} refused")
    return SOME_REFUSED if refused else DONE


def _all(options: argparse.Namespace, progress: Progress) -> list[Position]:
    client = login.client_of(options, patience=Patience(options.patience, waits=progress.waits))
    with Rejects(options.rejects) as rejects:
        run = _Run(client, State(options.state), rejects, progress)
        ends = []
        for name in options.files:
            for file in archive.files(name):
                file.verify()
                with Source.opened(file.name) as source:
                    ends.append(_imported(source, options, run))
    return ends


def _imported(source: Source, options: argparse.Namespace, run: "_Run") -> Position:
    """Import one file from where it was left."""
    position = run.state.position(source.key)
    source.go_to(position)

    def saved(reached: Position) -> None:
        run.state.save(source.key, dataclasses.replace(reached, head=source.digest(reached.offset)))
        run.progress.at(source.name, reached, source.share())

    importer = Importer(
        run.client.post, run.rejects, pace=Pace(options.batch, options.rate), clock=Clock(), saved=saved
    )
    return importer.run(lines.read(source.stream, offset=position.offset, number=position.line), position)


def _parsed(words: list[str]) -> argparse.Namespace:
    """Return the options, those of the login's kind included. End the program for wrong usage."""
    parser = argparse.ArgumentParser(prog="panko-import", description="Store files of events in the event API.")
    parser.add_argument("files", nargs="+", metavar="FILE", help=FILES)
    parser.add_argument("--state", type=Path, metavar="FILE", help="keep how far each file is, and go on from there")
    parser.add_argument("--rejects", type=Path, metavar="FILE", help="keep refused lines with the reasons")
    parser.add_argument("--rate", type=_above_zero(float), metavar="N", help="events a second at most")
    parser.add_argument("--batch", type=_above_zero(int), default=BATCH_EVENTS, metavar="N", help="events of a request")
    parser.add_argument(
        "--patience", type=float, default=600.0, metavar="SECONDS", help="how long an outage is waited for"
    )
    login.add_arguments(parser, words)
    options = parser.parse_args(words)
    if options.state and STDIN in options.files:
        parser.error("--state keeps no position of standard input: import a file")
    return options


def _above_zero(kind: Callable[[str], Any]) -> Callable[[str], Any]:
    def number(text: str) -> Any:
        value = kind(text)
        if not value > 0:
            raise argparse.ArgumentTypeError(f"{text!r} is not above 0.")
        return value

    return number


def _kept(options: argparse.Namespace) -> str:
    return "The same command goes on from there." if options.state else "With --state the same command would go on."
