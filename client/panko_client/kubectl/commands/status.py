"""`kubectl panko status`: how Pankos are, and what to do next."""

import time
from typing import Any, Final

import click

from panko_client.kubectl import live, waiting
from panko_client.kubectl.controls import harmless
from panko_client.kubectl.errors import RefusedError, TooLateError
from panko_client.kubectl.terminal import options, printing
from panko_client.kubectl.transport import Kubectl
from panko_client.kubectl.view import lines

_EVERY_SECONDS: Final = 2.0
_NOT_READY: Final = 1


@options.command("status")
@options.panko(required=False)
@click.option("--all-namespaces", "-A", "everywhere", is_flag=True, help="All Pankos of the cluster.")
@click.option("--watch", "-w", is_flag=True, help="Show it again when it changes, until you interrupt it.")
@options.wait(None, "Wait until all are Ready.")
@options.output("json", "yaml")
def status(
    kubectl: Kubectl, name: str | None, *, everywhere: bool, watch: bool, wait: float | None, output: str | None
) -> None:
    """Tell how Pankos are.

    One in full with what to do next, or all of a namespace as a table. The exit code is 0 only when all that are
    shown are Ready.
    """
    if name and everywhere:
        raise click.UsageError("Give a name or --all-namespaces, not both.")
    if watch and wait is not None:
        raise click.UsageError("Give --watch or --wait, not both.")
    look = _Look(kubectl, name, everywhere=everywhere, output=output)
    if watch:
        look.watch()
    found = look.now() if wait is None else look.waited(wait)
    if not watch:
        click.echo(look.text(found))
    click.get_current_context().exit(0 if _ready(found) else _NOT_READY)


class _Look:
    """One thing that is looked at, once or again and again."""

    def __init__(self, kubectl: Kubectl, name: str | None, *, everywhere: bool, output: str | None) -> None:
        self._kubectl, self._name, self._output = kubectl, name, output
        self._where = ("--all-namespaces",) if everywhere else ()

    def now(self) -> list[dict[str, Any]]:
        """Return the summaries; there is at least one."""
        if self._name:
            return [live.one(self._kubectl, self._name)]
        found = live.many(self._kubectl, *self._where)
        if not found:
            raise RefusedError("There is no Panko here; --all-namespaces looks everywhere.")
        return found

    def text(self, found: list[dict[str, Any]]) -> str:
        """Return what is shown: a document, one Panko in full, or a table."""
        if self._output:
            return printing.document(found[0] if self._name else found, self._output)
        safe = harmless(found)
        return "\n".join(lines.told(safe[0]) if self._name else lines.listed(safe))

    def waited(self, seconds: float) -> list[dict[str, Any]]:
        """Return the summaries when all are Ready, or when it takes too long: what is shown then says why."""
        found: list[dict[str, Any]] = []

        def ready() -> bool | None:
            found[:] = self.now()
            return _ready(found) or None

        try:
            waiting.until(ready, "Ready", seconds=seconds)
        except TooLateError as error:
            error.show()
        return found

    def watch(self) -> None:
        """Show it now and after each change, until somebody interrupts it."""
        before = ""
        try:
            while True:
                text = self.text(self.now())
                if text != before:
                    click.clear()
                    click.echo(text)
                before = text
                time.sleep(_EVERY_SECONDS)
        except KeyboardInterrupt:
            return


def _ready(found: list[dict[str, Any]]) -> bool:
    return all(one["ready"] for one in found)
