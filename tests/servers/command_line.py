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
    app = _app()
    app.stdout.isatty = lambda: terminal
    app.client_manager = SimpleNamespace(panko_event=client)
    command = _command(app, name)
    assert command.run(command.get_parser(f"openstack event {name}").parse_args(words)) in (0, None)
    return app.stdout.getvalue(), app.stderr.getvalue()


def parsed(name, *words):
    """Return what a command understands."""
    return _command(_app(), name).get_parser(f"openstack event {name}").parse_args(words)


def _app():
    return App("a test", "1", CommandManager(None), stdout=io.StringIO(), stderr=io.StringIO())


def _command(app, name):
    module, _, of = COMMANDS[f"event_{name}"].partition(":")
    return getattr(importlib.import_module(module), of)(app, None, cmd_name=f"event {name}")
