"""`kubectl panko check`: whether everything is there that Pankos and this plug-in need."""

import click

from panko_client.kubectl import waiting
from panko_client.kubectl.checking.checks import Checks
from panko_client.kubectl.controls import harmless
from panko_client.kubectl.errors import TooLateError
from panko_client.kubectl.terminal import options, printing
from panko_client.kubectl.transport import Kubectl


@options.command("check")
@click.option("--operator-namespace", metavar="NAMESPACE", help="Where the operator is; not given, it is looked for.")
@options.wait(None, "Wait until the operator runs and the cluster knows Pankos.")
def check(kubectl: Kubectl, *, operator_namespace: str | None, wait: float | None) -> None:
    """Tell whether all is there that is needed.

    The operator runs, the cluster knows Pankos, and you may do what the commands do. The exit code is 0 when Pankos
    can be made and looked at. What you may not do is told, and which commands need it.
    """
    checks = Checks(kubectl, operator_namespace)
    if wait is not None:
        _wait(checks, wait)
    lines = [*checks.cluster(), *checks.rights()]
    for line in lines:
        click.echo(printing.sentence(line.good, harmless(line.text)))
    if any(line.good is False for line in lines if line.is_needed):
        click.get_current_context().exit(1)


def _wait(checks: Checks, seconds: float) -> None:
    """Return when nothing is missing any more, or it takes too long: what is told then says what."""
    try:
        waiting.until(lambda: checks.is_up() or None, "The operator", seconds=seconds)
    except TooLateError as error:
        error.show()
