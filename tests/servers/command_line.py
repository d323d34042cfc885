"""The commands of `openstack event` in this process, as `openstack` runs them."""

import importlib
import io
import tomllib
from pathlib import Path
from types import SimpleNamespace

from cliff.app import App
from cliff.commandmanager import CommandManager

PYPROJECT = Path(__file__).parents[2] / "client" / "pyproject.toml"
COMMANDS = tomllib.loads(PYPROJECT.read_text())["project"]["entry-points"]["openstack.panko_event.v2"]


def run(client, name, *words, terminal=False):
    """Run a command; return what it wrote to standard output and to standard error."""
    module, _, of = COMMANDS[f"event_{name}"].partition(":")
    out = io.StringIO()
    out.isatty = lambda: terminal
    app = App("a test", "1", CommandManager(None), stdout=out, stderr=io.StringIO())
    app.client_manager = SimpleNamespace(panko_event=client)
    command = getattr(importlib.import_module(module), of)(app, None, cmd_name=f"event {name}")
    assert command.run(command.get_parser(f"openstack event {name}").parse_args(words)) in (0, None)
    return app.stdout.getvalue(), app.stderr.getvalue()
