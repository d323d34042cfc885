"""Completion in a shell: kubectl asks `kubectl_complete-panko`, and wants an answer as cobra gives it.

https://github.com/kubernetes/kubernetes/pull/105867
"""

import sys
from collections.abc import Sequence
from typing import Final

import click
from click.shell_completion import ShellComplete

NAME: Final = "kubectl_complete-panko"
_NO_FILES: Final = ":4"  # cobra's ShellCompDirectiveNoFileComp
_FILES: Final = ":0"
SCRIPT: Final = '#!/bin/sh\nexec kubectl-panko __complete "$@"\n'


def answer(program: click.Command, words: Sequence[str]) -> str:
    """Return what may follow: the last word is what was begun of it."""
    *before, begun = words or [""]
    found = ShellComplete(program, {}, "kubectl panko", "").get_completions(list(before), begun)
    directive = _FILES if any(item.type != "plain" for item in found) else _NO_FILES
    plain = [item for item in found if item.type == "plain"]
    return "\n".join([*(f"{one.value}\t{one.help}" if one.help else str(one.value) for one in plain), directive])


@click.command("completion")
def completion() -> None:
    """Print the script for completion.

    It belongs on the PATH as kubectl_complete-panko. What kubectl completes itself has to be set up before: `kubectl
    completion --help`.
    """
    click.echo(SCRIPT, nl=False)


@click.command("__complete", hidden=True, context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def complete(context: click.Context, words: tuple[str, ...]) -> None:
    """Answer kubectl."""
    root = context.find_root().command
    sys.stdout.write(f"{answer(root, words)}\n")
