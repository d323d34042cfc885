"""`kubectl panko restart`: the pods are replaced one after the other, and no request fails."""

from typing import Any, Final

import click

from panko_client.kubectl import live, names
from panko_client.kubectl.errors import RefusedError
from panko_client.kubectl.terminal import options
from panko_client.kubectl.terminal.asking import Consent, say
from panko_client.kubectl.transport import Kubectl
from panko_client.kubectl.view.panko import Panko

_PATIENCE_SECONDS: Final = 10  # for kubectl to say itself that it waited in vain


@options.command("restart")
@options.panko()
@click.option("--component", type=click.Choice(names.DEPLOYED), default="api", show_default=True, help="Which pods.")
@options.yes
@options.dry_run
@options.wait(None, "Wait until all are replaced.")
def restart(kubectl: Kubectl, name: str, **how: Any) -> None:
    """Replace pods one after the other.

    Those of the API, of HAProxy or of the collector. No request fails, and no notification is lost.
    """
    panko = live.panko(kubectl, name)
    deployment = names.deployment(name, how["component"])
    if kubectl.get("deployments.apps", deployment) is None:
        raise RefusedError(_missing(panko, how["component"], deployment))
    consent, words = Consent(how["yes"], how["dry_run"]), ("rollout", "restart", f"deployment/{deployment}")
    if not consent.run(kubectl, f"The pods of {deployment} are replaced, one after the other.", *words):
        return
    if how["wait"] is not None:
        limit = f"--timeout={how['wait']:.0f}s"
        status = ("rollout", "status", f"deployment/{deployment}", limit)
        kubectl.text(*status, seconds=how["wait"] + _PATIENCE_SECONDS)
    say(f"{deployment} is {'restarted' if how['wait'] is not None else 'being restarted'}.")


def _missing(panko: Panko, component: str, deployment: str) -> str:
    """Say why there is no Deployment: nobody wants it, or it has not come yet."""
    if panko.wants(component):
        return f"There is no Deployment {deployment}; `kubectl panko status {panko.name}` says why."
    return f"There is no Deployment {deployment}: spec.{component} of {panko.name} asks for none."
