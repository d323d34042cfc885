"""What every command takes: kubectl's own options, which are handed on, and the name of a Panko.

kubectl takes none of its options before the name of a plug-in, so they are options of each command here.
"""

import functools
import os
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

from panko_client.kubectl import names, transport
from panko_client.kubectl.durations import Duration
from panko_client.kubectl.errors import PluginError
from panko_client.kubectl.transport import Kubectl

_KEPT: Final = f"{__name__}.passed"
# The option, what stands for its value and what it is for.
_PASSED: Final = (
    (("--namespace", "-n"), "NAMESPACE", "Namespace; not given, the context's."),
    (("--context",), "CONTEXT", "Context of the kubeconfig."),
    (("--kubeconfig",), "FILE", "Path of the kubeconfig."),
    (("--cluster",), "CLUSTER", "Cluster of the kubeconfig."),
    (("--user",), "USER", "User of the kubeconfig."),
    (("--server", "-s"), "URL", "The API server."),
    (("--as",), "USER", "User to act as."),
    (("--as-group",), "GROUP", "Group to act as."),
    (("--request-timeout",), "TIME", "How long a request of kubectl may take."),
)
SETTINGS: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 110}
_AGAIN: Final = ("--as-group",)  # may be given more than once
Function = Callable[..., Any]


def command(name: str) -> Callable[[Function], click.Command]:
    """Make a command of a function whose first argument is the kubectl to use."""

    def decorated(function: Function) -> click.Command:
        @functools.wraps(function)
        def run(*args: Any, **values: Any) -> Any:
            return function(kubectl(click.get_current_context()), *args, **values)

        made = click.command(name, cls=click.Command, context_settings=SETTINGS)(run)
        made.params.extend(passed())
        return made

    return decorated


def passed() -> Iterator[click.Option]:
    """Yield kubectl's options, which come after a command's own."""
    for flags, metavar, text in _PASSED:
        again = flags[0] in _AGAIN
        yield click.Option(flags, metavar=metavar, help=text, multiple=again, expose_value=False, callback=_keep)


def kubectl(context: click.Context) -> Kubectl:
    """Return the kubectl to use, with the options that were given before and after the command's name."""
    return Kubectl(transport.found(os.environ), tuple(chain.from_iterable(context.meta.get(_KEPT, {}).values())))


def _keep(context: click.Context, parameter: click.Parameter, value: str | tuple[str, ...] | None) -> None:
    values = (value,) if isinstance(value, str) else value
    if values:
        flag = max(parameter.opts, key=len)
        context.meta.setdefault(_KEPT, {})[flag] = tuple(f"{flag}={one}" for one in values)


def _pankos(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Return the names of the Pankos that there are; a shell that asks is told of no error."""
    try:
        words = kubectl(context).text("get", names.KIND, "--output=name", seconds=5).split()
    except PluginError:
        return []
    found = (word.rpartition("/")[2] for word in words)
    return [CompletionItem(name) for name in found if name.startswith(incomplete)]


def panko(*, required: bool = True) -> Callable[[Function], Function]:
    """Take the name of a Panko."""
    return click.argument("name", required=required, shell_complete=_pankos)


yes = click.option("--yes", "-y", is_flag=True, help="Ask nothing.")
dry_run = click.option("--dry-run", is_flag=True, help="Print what would be run, and change nothing.")


def wait(default: str | None, text: str) -> Callable[[Function], Function]:
    """Take how long to wait; without a default nothing is waited for unless it is given."""
    return click.option(
        "--wait",
        type=Duration(),
        metavar="TIME",
        help=f"{text} Such as 90s or 5m.",
        default=default,
        show_default=default is not None,
    )


def output(*formats: str) -> Callable[[Function], Function]:
    """Take a format for programs."""
    return click.option("--output", "-o", type=click.Choice(formats), help="A document for programs.")
