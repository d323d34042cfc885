"""Doing what changes something: told, agreed to, and then run; or only shown."""

import shlex
import sys
from dataclasses import dataclass

import click

from panko_client.kubectl.controls import harmless
from panko_client.kubectl.transport import Kubectl


@dataclass(frozen=True, slots=True)
class Consent:
    """How a person wants it: `yes` asks nothing, `dry_run` does nothing."""

    yes: bool
    dry_run: bool

    def run(self, kubectl: Kubectl, what: str, *words: str) -> bool:
        """Run a command of kubectl after asking whether to; return whether it was run.

        With `dry_run` the command is printed instead, so that a person may run it.
        """
        if self.dry_run:
            click.echo(shlex.join(["kubectl", *kubectl.options, *words]))
            return False
        self.ask(what)
        kubectl.text(*words)
        return True

    def ask(self, what: str) -> None:
        """Return when a person agrees; raise Abort when not, and UsageError where there is nobody to ask."""
        if self.yes:
            return
        if not sys.stdin.isatty():
            raise click.UsageError("There is nobody to ask; add --yes.")
        click.confirm(f"{what} Go on?", abort=True, err=True)


def say(text: str) -> None:
    """Tell a person something that is no data."""
    click.echo(harmless(text), err=True)
