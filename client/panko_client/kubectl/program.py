"""All commands under one name. The only module that knows the whole command line."""

import os
import signal
import sys
from typing import Final

import click

from panko_client.kubectl import completion
from panko_client.kubectl.commands.check import check
from panko_client.kubectl.commands.expire import expire
from panko_client.kubectl.commands.logs import logs
from panko_client.kubectl.commands.opening import open_
from panko_client.kubectl.commands.plan import plan
from panko_client.kubectl.commands.producer import producer
from panko_client.kubectl.commands.release import release
from panko_client.kubectl.commands.report import report
from panko_client.kubectl.commands.restart import restart
from panko_client.kubectl.commands.rotate import rotate
from panko_client.kubectl.commands.status import status
from panko_client.kubectl.commands.suspension import resume, suspend
from panko_client.kubectl.terminal import options
from panko_client.kubectl.transport import Kubectl
from panko_client.kubectl.version import VERSION

COMMANDS: Final = (
    status,
    check,
    plan,
    rotate,
    suspend,
    resume,
    restart,
    expire,
    producer,
    open_,
    logs,
    report,
    release,
    completion.completion,
    completion.complete,
)

_BY_SIGNAL: Final = 128  # as shells tell it


class _InOrder(click.Group):
    """Lists the commands as they are named above, and not by the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- as click has it
        return list(self.commands)


@click.group("kubectl panko", cls=_InOrder, context_settings=options.SETTINGS)
@click.pass_context
def program(context: click.Context) -> None:
    """Look at Pankos and look after them: OpenStack's event API on Kubernetes.

    NAME is that of a Panko: `kubectl panko status -A` lists all, and `kubectl panko COMMAND --help` tells more.

    Data goes to standard output, words to standard error. The exit code is 0, 1 for what failed and 2 for wrong usage.
    """
    if os.environ.get("NO_COLOR"):
        context.color = False


@options.command("version")
def version(kubectl: Kubectl) -> None:
    """Print versions.

    Of this plug-in, of kubectl and of the API server.
    """
    click.echo(f"kubectl-panko {VERSION}")
    click.echo(kubectl.text("version").strip())


program.params.extend(options.passed())
for one in (*COMMANDS, version):
    program.add_command(one)


def main() -> None:
    """Run the program; who is told to end takes back what would stay, and ends the kubectl that it has started."""
    signal.signal(signal.SIGTERM, _end)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that has no ✓
    program(prog_name="kubectl panko")


def _end(number: int, _frame: object) -> None:
    sys.exit(_BY_SIGNAL + number)
