"""`kubectl panko open`: the event API of a cluster, on a port of this machine."""

import re
import sys
import webbrowser
from typing import IO, Any, Final

import click

from panko_client.kubectl import live
from panko_client.kubectl.errors import KubectlError
from panko_client.kubectl.terminal import options
from panko_client.kubectl.terminal.asking import say
from panko_client.kubectl.transport import Kubectl

_FORWARDS: Final = re.compile(r"Forwarding from 127\.0\.0\.1:(\d+)")


@options.command("open")
@options.panko()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    default=0,
    help="Port of this machine; not given, a free one.",
)
@click.option("--browser/--no-browser", default=None, help="Open it; not given, at a terminal.")
def open_(kubectl: Kubectl, name: str, **how: Any) -> None:
    """Forward a port to the event API, and show the page of events.

    The URL is printed, and opened in a browser at a terminal: the page's, or the API's where spec.explorer.enabled is
    false. It ends when you interrupt it.
    """
    panko = live.panko(kubectl, name)
    wanted = panko.spec["service"]["port"]
    scheme = "https" if panko.spec.get("tls") else "http"
    # Browsers keep the page's session without TLS for a machine's own name alone.
    path = "explore/" if panko.spec.get("explorer", {}).get("enabled", True) else ""
    if scheme == "https":
        say("The certificate names the Service and not localhost: expect a warning.")
    opens = sys.stdout.isatty() if how["browser"] is None else how["browser"]
    words = ("port-forward", f"service/{name}", f"{how['port'] or ''}:{wanted}", "--address=127.0.0.1")
    try:
        with kubectl.stream(*words) as output:
            _open(output, f"{scheme}://localhost:{{port}}/{path}", opens=opens)
    except KeyboardInterrupt:
        say("")


def _open(output: IO[str], template: str, *, opens: bool) -> None:
    """Print the URL once its port is known and works, and go on for as long as kubectl does."""
    url = ""
    for line in output:
        found = _FORWARDS.search(line)
        if found and not url:
            url = template.format(port=found[1])
            click.echo(url)
            say("Interrupt it to end.")
            if opens:
                webbrowser.open(url)
    if not url:
        raise KubectlError("kubectl has forwarded nothing; see whether pods are ready with `kubectl panko status`.")
