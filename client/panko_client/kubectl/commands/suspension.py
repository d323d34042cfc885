"""`kubectl panko suspend` and `resume`: a Panko is left alone for a while, and looked after again."""

import json
from typing import Any

import click

from panko_client.kubectl import live, names, waiting
from panko_client.kubectl.terminal import options
from panko_client.kubectl.terminal.asking import Consent, say
from panko_client.kubectl.transport import FIELD_MANAGER, Kubectl
from panko_client.kubectl.view.panko import Panko


@options.command("suspend")
@options.panko()
@click.option("--all-but-housekeeping", "housekeeping", is_flag=True, help="Go on with certificates and rotation.")
@options.yes
@options.dry_run
def suspend(kubectl: Kubectl, name: str, *, housekeeping: bool, yes: bool, dry_run: bool) -> None:
    """Leave a Panko as it is.

    In Kubernetes, Keystone and the database nothing is changed until `resume`. It writes spec.suspend: where the
    Panko is kept in git, write it there, or whoever applies it takes it back.
    """
    live.panko(kubectl, name)
    mode = "AllButHousekeeping" if housekeeping else "All"
    words = _patch(name, {"suspend": True, "suspendMode": mode})
    if Consent(yes, dry_run).run(kubectl, f"Panko {name} is left as it is, whatever happens to it.", *words):
        say(f"Suspended. `kubectl panko resume {name}` ends it.")


@options.command("resume")
@options.panko()
@options.yes
@options.dry_run
@options.wait(None, "Wait until it is Ready.")
def resume(kubectl: Kubectl, name: str, **how: Any) -> None:
    """Look after a Panko again.

    What was edited or happened meanwhile is acted upon. To see what that is before, run `kubectl panko plan NAME`.
    """
    if not live.panko(kubectl, name).is_suspended:
        say(f"Panko {name} is not suspended.")
        return
    consent, words = Consent(how["yes"], how["dry_run"]), _patch(name, {"suspend": False})
    if not consent.run(kubectl, f"What has become of Panko {name} is acted upon.", *words):
        return
    if how["wait"] is not None:
        waiting.until(lambda: _rested(live.panko(kubectl, name)), "Ready", seconds=how["wait"])
    say("It is looked after again.")


def _patch(name: str, spec: dict[str, Any]) -> tuple[str, ...]:
    change = f"--patch={json.dumps({'spec': spec})}"
    return ("patch", names.KIND, name, "--type=merge", change, f"--field-manager={FIELD_MANAGER}")


def _rested(panko: Panko) -> Panko | None:
    return panko if panko.is_at_rest else None
