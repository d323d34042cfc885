"""`kubectl panko plan`: what the operator would change, without having it done."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

import click

from panko_client.kubectl import live, names, waiting
from panko_client.kubectl.controls import harmless
from panko_client.kubectl.errors import RefusedError, TooLateError
from panko_client.kubectl.terminal import options, printing
from panko_client.kubectl.terminal.asking import Consent, say
from panko_client.kubectl.transport import Kubectl
from panko_client.kubectl.view.panko import Panko
from panko_client.kubectl.view.plan import told

CHANGES: Final = 2  # the exit code, as of `terraform plan -detailed-exitcode`
_FORGET_SECONDS: Final = 15  # an operator that works has forgotten a former plan by then


@options.command("plan")
@options.panko()
@click.option("--keep", is_flag=True, help="Leave the annotation: the operator changes nothing until --apply.")
@click.option("--apply", is_flag=True, help="Have it done: take away the annotation that --keep has left.")
@click.option("--detailed-exitcode", is_flag=True, help="0 for no change, 2 for changes.")
@options.yes
@options.wait("60s", "How long the operator may take for it.")
@options.output("json", "yaml")
def plan(kubectl: Kubectl, name: str, **how: Any) -> None:
    """Print what the operator would change.

    In Kubernetes, Keystone and the database, in the order in which it would be done. The annotation is taken away
    again unless it was there before, --keep is given, or it cannot be planned. To look at an edit before it is
    carried out: plan --keep, edit the Panko, plan, and plan --apply.
    """
    if how["keep"] and how["apply"]:
        raise click.UsageError("Give --keep or --apply, not both.")
    before = live.panko(kubectl, name)
    was_there = before.is_planned
    _require(before, how)
    with _planned(kubectl, name, stays=was_there or how["keep"]):
        found = waiting.until(lambda: live.panko(kubectl, name).plan, "The plan", seconds=how["wait"])
    click.echo(printing.document(found, how["output"]) if how["output"] else "\n".join(told(harmless(found))))
    if was_there and how["apply"]:
        _carry_out(kubectl, name, found, yes=how["yes"])
    elif was_there or how["keep"]:
        say(f"Nothing is changed while the annotation is there. `kubectl panko plan {name} --apply` has it done.")
    if how["detailed_exitcode"] and found["changes"]:
        click.get_current_context().exit(CHANGES)


def _require(panko: Panko, how: Mapping[str, Any]) -> None:
    """Raise RefusedError where nothing can be planned or applied, and ask before the operator is stopped."""
    name = panko.name
    if panko.is_going:
        raise RefusedError(f"Panko {name} is being deleted, and nothing else is planned for it.")
    if how["apply"] and not panko.is_planned:
        raise RefusedError(
            f"Panko {name} is not held by a plan, so the operator does by itself what is pending. To look at an edit "
            f"before it is made, run `kubectl panko plan {name} --keep` first, then edit it."
        )
    if how["keep"] and not panko.is_planned:
        what = f"The operator changes nothing of Panko {name} until `kubectl panko plan {name} --apply` ends that."
        Consent(how["yes"], dry_run=False).ask(what)


@contextlib.contextmanager
def _planned(kubectl: Kubectl, name: str, *, stays: bool) -> Iterator[None]:
    """Have the operator plan while the body runs, and afterwards where it `stays`; a body that fails leaves nothing."""
    if live.panko(kubectl, name).is_planned:
        yield
        return
    _forget(kubectl, name)
    kubectl.text(*live.annotate(name, names.PLAN, "true"))
    done = False
    try:
        yield
        done = True
    finally:
        if not (done and stays):
            kubectl.text(*live.annotate(name, names.PLAN, None))


def _forget(kubectl: Kubectl, name: str) -> None:
    """Wait until the operator has taken back a plan of before, so that the next one is not taken for it."""

    def gone() -> Panko | None:
        found = live.panko(kubectl, name)
        return found if "planned" not in found.status else None

    try:
        waiting.until(gone, "The end of a former plan", seconds=_FORGET_SECONDS)
    except TooLateError:
        say("A former plan is still there: the operator may be down, and this one old. See `kubectl panko check`.")


def _carry_out(kubectl: Kubectl, name: str, found: dict[str, Any], *, yes: bool) -> None:
    what = f"The operator makes {printing.counted(found['changes'], 'change')} of {name} now."
    Consent(yes, dry_run=False).run(kubectl, what, *live.annotate(name, names.PLAN, None))
    say(f"The operator goes on. `kubectl panko status {name} --wait 5m` waits for it.")
