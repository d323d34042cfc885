"""`panko-demo`: the only module here that knows the command line and the clock."""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Final

from keystoneauth1 import exceptions

from panko_client import login, moments
from panko_client.demo.week import Week, week
from panko_client.errors import ConflictError, PankoClientError
from panko_client.event import encoded
from panko_client.patience import Patience

DONE: Final = 0
STOPPED: Final = 1
STORED_BEFORE: Final = 3
"""A week of the seed that ends at another time is there."""
SEED: Final = 1
PATIENCE_SECONDS: Final = 120.0


def main(argv: Sequence[str] | None = None) -> int:
    """Print the week or store it, and return the exit code."""
    options = _parsed(list(sys.argv[1:] if argv is None else argv))
    made = week(options.seed, options.end)
    try:
        return _load(made, options) if options.load else _print(made)
    except ConflictError as error:
        message = "A week of this seed that ends at another time is stored there already. Write another --seed."
        print(f"panko-demo: {message} {error}", file=sys.stderr)
        return STORED_BEFORE
    except (PankoClientError, exceptions.ClientException) as error:
        print(f"panko-demo: {error} The same --seed and --end store what is missing.", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:
        # The reader has seen enough. Nothing is left to be flushed into the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _print(made: Week) -> int:
    for event in made.events:
        sys.stdout.write(f"{encoded(event).decode()}\n")
    sys.stdout.flush()
    return DONE


def _load(made: Week, options: argparse.Namespace) -> int:
    stored = login.client_of(options, patience=Patience(options.patience)).create_all(made.events)
    print(f"{stored.created} stored, {stored.duplicates} duplicates")
    planted = made.planted
    for what, where in (
        ("a create that failed", planted.failed_creates[0]),
        ("another one", planted.failed_creates[1]),
        ("a resize without an end", planted.stuck_resize),
        ("a create that runs", planted.running_create),
    ):
        print(f"{what}: server {where[0]}, {where[1]}", file=sys.stderr)
    burst = planted.failed_logins
    print(f"{burst.count} failed logins: from {burst.address} at {moments.written(burst.since)}", file=sys.stderr)
    return DONE


def _parsed(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="panko-demo", description="A believable week of a small cloud, as events.")
    parser.add_argument("--seed", type=int, default=SEED, metavar="N", help="another number is another week")
    parser.add_argument(
        "--end", type=moments.option, default="0s", metavar="TIME", help="when it ends: 2h (ago), or ISO 8601"
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--ndjson", action="store_true", help="print the events, one a line")
    what.add_argument("--load", action="store_true", help="store them in the cloud of the login")
    parser.add_argument(
        "--patience", type=float, default=PATIENCE_SECONDS, metavar="SECONDS", help="how long an outage is waited for"
    )
    login.add_arguments(parser, words)
    return parser.parse_args(words)
