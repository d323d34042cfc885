"""References that are made of the code, each a page of the site: options, rules, the API, the kind, commands."""

import importlib
import importlib.metadata
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import click
from falcon import testing

from fakes import crd
from fakes.memory_connection import MemoryConnection
from panko import config
from panko.api.pipeline import create_service
from panko_client.kubectl.program import COMMANDS
from rendering import programs

FOLDER: Final = "reference"
_COMMANDS_OF: Final = "openstack.panko_event.v2"
_WIDTH: Final = 110


def pages() -> dict[str, str]:
    """Return the pages by their names."""
    with tempfile.TemporaryDirectory() as folder:
        options = _generated("oslo-config-generator", "config-generator.conf", Path(folder))
        rules = _generated("oslopolicy-sample-generator", "policy-generator.conf", Path(folder))
        described = _described(Path(folder))
    return {
        "options.md": _page("Options of the service", "Every option of `panko.conf`", [("ini", options)]),
        "policies.md": _page("Rules of the service", "Every rule of `policy.yaml`", [("yaml", rules)]),
        "openapi.md": _page("The API as OpenAPI", "What `/openapi.json` says", [("json", described)]),
        "definition.md": _page(
            "The definition of Panko", "The CustomResourceDefinition", [("yaml", crd.CRD.read_text())]
        ),
        "openstack.md": _page("Commands of openstack event", "What `openstack help event …` says", _openstack()),
        "kubectl.md": _page("Commands of kubectl panko", "What `kubectl panko … --help` says", _kubectl()),
    }


def _page(title: str, what: str, blocks: Iterable[tuple[str, str]]) -> str:
    """Write a page of texts, each of a language of the highlighter; those of commands have a heading each."""
    texts = (f"\n{_heading(text)}```{language}\n{text.rstrip()}\n```\n" for language, text in blocks)
    return f"# {title}\n{what}, made of the code.\n{''.join(texts)}"


def _heading(text: str) -> str:
    used = re.match(r"usage: ((?:openstack event|kubectl panko)[a-z ]+)", text, re.IGNORECASE)
    return f"## {used[1].rstrip()}\n" if used else ""


def _generated(program: str, config_file: str, folder: Path) -> str:
    """Return what one of oslo's generators writes."""
    output = folder / config_file
    known = programs.REPOSITORY / "service" / "etc" / config_file
    words = [Path(sys.executable).with_name(program), "--config-file", known, "--output-file", output]
    subprocess.run(words, check=True, capture_output=True, timeout=120)
    return output.read_text()


def _described(folder: Path) -> str:
    """Return what the service says of itself."""
    (folder / "panko.conf").write_text("[api]\nauth_strategy = noauth\n")
    conf = config.load([], prog="panko-api", config_files=[str(folder / "panko.conf")])
    answer = testing.TestClient(create_service(conf, MemoryConnection())).simulate_get("/openapi.json")
    return json.dumps(answer.json, indent=1, ensure_ascii=False)


def _openstack() -> Iterator[tuple[str, str]]:
    for entry in sorted(importlib.metadata.entry_points(group=_COMMANDS_OF)):
        module, _, name = entry.value.partition(":")
        command = getattr(importlib.import_module(module), name)(None, None)
        yield "text", command.get_parser(f"openstack {entry.name.replace('_', ' ')}").format_help()


def _kubectl() -> Iterator[tuple[str, str]]:
    for command in COMMANDS:
        if not command.hidden:
            context = click.Context(command, info_name=f"kubectl panko {command.name}", max_content_width=_WIDTH)
            yield "text", command.get_help(context)
