"""`kubectl panko logs`: what the pods of a Panko write, an object a line."""

import contextlib
import json
from typing import Any

import click

from panko_client.kubectl import live, names
from panko_client.kubectl.terminal import options
from panko_client.kubectl.transport import Kubectl
from panko_client.kubectl.view import loglines

MOST_PODS = 50  # that are followed at once


@options.command("logs")
@options.panko()
@click.option("--component", type=click.Choice(names.COMPONENTS), default="api", show_default=True, help="Which pods.")
@click.option("--follow", "-f", is_flag=True, help="Go on until you interrupt it.")
@click.option(
    "--tail", type=click.IntRange(-1), metavar="LINES", default=200, show_default=True, help="Of each pod; -1 is all."
)
@click.option("--since", metavar="TIME", help="Lines of this time only, such as 10m.")
@click.option("--previous", is_flag=True, help="Of the containers before, which have ended.")
def logs(kubectl: Kubectl, name: str, **how: Any) -> None:
    """Print logs, an object a line.

    Each has `time`, `pod`, `container`, and `message`, or `record` where the line itself is an object.
    """
    live.panko(kubectl, name)
    words = [
        "logs",
        f"--selector={names.selector(name)},{names.COMPONENT}={how['component']}",
        "--all-containers",
        "--prefix",
        "--timestamps",
        f"--tail={how['tail']}",
        f"--max-log-requests={MOST_PODS}",
    ]
    words += ["--follow"] if how["follow"] else []
    words += ["--previous"] if how["previous"] else []
    words += [f"--since={how['since']}"] if how["since"] else []
    with contextlib.suppress(KeyboardInterrupt), kubectl.stream(*words) as output:
        for line in output:
            click.echo(json.dumps(loglines.parsed(line), ensure_ascii=False))
