"""`kubectl panko release`: a Panko that is being deleted goes at once."""

from typing import Any

from panko_client.kubectl import live, names, waiting
from panko_client.kubectl.errors import RefusedError
from panko_client.kubectl.terminal import options
from panko_client.kubectl.terminal.asking import Consent, say
from panko_client.kubectl.transport import Kubectl


@options.command("release")
@options.panko()
@options.yes
@options.dry_run
@options.wait(None, "Wait until it is gone.")
def release(kubectl: Kubectl, name: str, **how: Any) -> None:
    """Let a Panko go that is being deleted.

    It goes at once, whatever could not be removed. Endpoints, the Keystone user and database accounts may stay
    behind; the operator's log and an Event name them.
    """
    if not live.panko(kubectl, name).is_going:
        raise RefusedError(
            f"Panko {name} is not being deleted; `kubectl delete panko {name}` deletes it in good order."
        )
    consent, words = Consent(how["yes"], how["dry_run"]), live.annotate(name, names.RELEASE, "true")
    told = f"Panko {name} goes at once; what could not be removed in Keystone and the database stays there."
    if not consent.run(kubectl, told, *words):
        return
    if how["wait"] is None:
        say(f"Asked for. `kubectl panko status {name}` tells whether it is gone.")
        return
    waiting.until(lambda: _gone(kubectl, name), "Its end", seconds=how["wait"])
    say("It is gone.")


def _gone(kubectl: Kubectl, name: str) -> bool | None:
    return True if kubectl.get(names.KIND, name) is None else None
