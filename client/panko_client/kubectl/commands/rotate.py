"""`kubectl panko rotate`: logins are renewed now, without a failed request."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import click

from panko_client.kubectl import live, names, waiting
from panko_client.kubectl.errors import RefusedError
from panko_client.kubectl.terminal import options
from panko_client.kubectl.terminal.asking import Consent, say
from panko_client.kubectl.transport import Kubectl
from panko_client.kubectl.view import rotation
from panko_client.kubectl.view.panko import Panko


@options.command("rotate")
@options.panko()
@click.argument("what", type=click.Choice(rotation.WHAT), default=rotation.ALL)
@options.yes
@options.dry_run
@options.wait(None, "Wait until every pod has its new login.")
def rotate(kubectl: Kubectl, name: str, what: str, **how: Any) -> None:
    """Renew logins.

    Those of the database, the Keystone user's, publishers' passwords, or all.

    Another account follows each, and the pods are replaced one after the other: no request fails. Those of before go
    when nothing uses them any more. A publisher's previous password holds for rotation.retainPrevious after its Secret
    carries the new one: let the producer take that up in time.
    """
    before = live.panko(kubectl, name)
    _require(before)
    waits = how["wait"] is not None and not how["dry_run"]
    asked = _Rotation(kubectl, before, what, told=_events(kubectl, name) if waits else ())
    consent = Consent(how["yes"], how["dry_run"])
    words = live.annotate(name, names.ROTATE, what)
    scope = "All logins" if what == rotation.ALL else f"The logins of {what}"
    if not consent.run(kubectl, f"{scope} of Panko {name} are renewed, and its pods replaced.", *words):
        return
    if how["wait"] is None:
        say(f"Asked for. `kubectl panko status {name}` shows how it goes.")
        return
    if not asked.follow(how["wait"]):
        click.get_current_context().exit(1)


def _require(panko: Panko) -> None:
    """Raise RefusedError for a Panko of which nothing would be renewed."""
    if panko.is_going:
        raise RefusedError(f"{panko.name} is being deleted; none of its logins is renewed any more.")
    if panko.is_planned:
        raise RefusedError(f"{panko.name} is only planned; end that with `kubectl panko plan {panko.name} --apply`.")
    if panko.is_suspended and panko.spec.get("suspendMode") != "AllButHousekeeping":
        raise RefusedError(f"{panko.name} is suspended; `kubectl panko resume {panko.name}` first.")


@dataclass(frozen=True, slots=True)
class _Rotation:
    """One that is asked for: how the Panko was before, and what the operator had told of others."""

    kubectl: Kubectl
    before: Panko
    what: str
    told: Collection[tuple[str, str]]

    def follow(self, seconds: float) -> bool:
        """Wait for its end and print the accounts that are new; return whether anything was renewed."""
        waiting.until(self._taken_up, "The operator's answer", seconds=seconds)
        after = waiting.until(self._over, "The end of the rotation", seconds=seconds)
        news, changed = self._news(), rotation.renewed(self.before, after)
        for message in sorted(message for reason, message in news if reason in rotation.COMPLAINTS):
            say(message)
        for role, account in changed.items():
            click.echo(f"{role} {account}")
        say(after.condition("CredentialsCurrent").message)
        return bool(changed) or any(reason == rotation.RENEWED for reason, _ in news)

    def _taken_up(self) -> Panko | None:
        panko = live.panko(self.kubectl, self.before.name)
        return None if names.ROTATE in panko.annotations else panko

    def _over(self) -> Panko | None:
        panko = live.panko(self.kubectl, self.before.name)
        return panko if rotation.is_over(self.before, panko, self.what, news=self._news()) else None

    def _news(self) -> set[tuple[str, str]]:
        return _events(self.kubectl, self.before.name) - set(self.told)


def _events(kubectl: Kubectl, name: str) -> set[tuple[str, str]]:
    """Return what the operator has told of rotations, as reason and message; what is told again is told apart."""
    chosen = f"--field-selector=involvedObject.kind=Panko,involvedObject.name={name}"
    found = (one for one in kubectl.items("events", chosen) if one.get("reason") in rotation.TOLD)
    return {(one["reason"], _message(one["message"], one.get("count", 1))) for one in found}


def _message(text: str, count: int) -> str:
    return text if count == 1 else f"{text} ({count} times)"
