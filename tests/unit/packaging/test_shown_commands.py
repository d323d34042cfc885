"""What a page shows somebody to type is taken by the program: its command is there, with these options."""

import shlex

import click
import pytest

from fakes import shown
from panko_client.demo import command as demo
from panko_client.importing import command as importing
from panko_client.kubectl.program import program
from servers import command_line

OWN = {"panko-demo": demo._parsed, "panko-import": importing._parsed}
LEFT_OUT = "…"


def words(command):
    """Return what is typed, up to where it goes; what a page leaves out may be anything."""
    return shlex.split(command[1].replace("$(", "(").split(" > ")[0].split(" >> ")[0])


@pytest.mark.parametrize("command", shown.commands("openstack event "), ids=shown.called)
def test_a_command_of_openstack_is_taken(command):
    typed = words(command)[2:]
    length = next(length for length in (2, 1) if f"event_{'_'.join(typed[:length])}" in command_line.COMMANDS)
    assert command_line.parsed("_".join(typed[:length]), *typed[length:])


@pytest.mark.parametrize("command", shown.commands("kubectl panko "), ids=shown.called)
def test_a_command_of_the_plug_in_is_taken(command):
    typed = words(command)[2:]
    context = click.Context(program)
    name, found, rest = program.resolve_command(context, typed)
    assert found is not None
    found.make_context(name, rest, parent=context)


@pytest.mark.parametrize("command", shown.commands(*OWN), ids=shown.called)
def test_a_program_takes_its_options(command):
    name, *typed = words(command)
    OWN[name]([word for word in typed if word != LEFT_OUT])
