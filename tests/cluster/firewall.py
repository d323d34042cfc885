"""The iptables rules that kube-proxy and the network plugins make: found again, and removed."""

import shlex

import binaries
import command
import machine
from errors import CommandError
from paths import Paths

_FAMILIES = ("iptables", "ip6tables")
_SHARED = frozenset({"CNI-HOSTPORT-DNAT", "CNI-HOSTPORT-SETMARK", "CNI-HOSTPORT-MASQ"})


def rules() -> list[str]:
    """List the rules and chains of kube-proxy and of our network, as `family table rule`."""
    return [f"{family} {table} {line}" for family in _FAMILIES for table, line in _ours(_saved(family))]


def foreign() -> list[str]:
    """List the kube-proxy chains; before our first start they belong to another cluster on this machine."""
    return [rule for rule in rules() if "-N KUBE-SERVICES" in rule]


def remove(paths: Paths) -> None:
    """Let kube-proxy remove its own rules, then remove the rest: rules first, then the chains they named."""
    proxy = binaries.KUBERNETES.home(paths) / "kube-proxy"
    if proxy.exists() and rules():
        command.succeeds((proxy, f"--config={paths.etc}/proxy.json", "--cleanup"))
    for family in _FAMILIES:
        for table, line in sorted(_ours(_saved(family)), key=lambda one: one[1].startswith("-N")):
            _delete(family, table, line)


def _ours(saved: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Choose kube-proxy's chains, and those whose rules name our network; other networks of CNI stay."""
    named = [line for _, line in saved if f'"{machine.NETWORK}' in line.replace("\\", "")]
    chains = {word for line in named for word in line.split() if word.startswith("CNI-")} - _SHARED
    others = {line for _, line in saved if line.startswith("-N CNI-DN-") and line.split()[1] not in chains}
    wanted = chains if others else chains | _SHARED
    return [
        (table, line)
        for table, line in saved
        if line in named or any(word.startswith("KUBE-") or word in wanted for word in line.split())
    ]


def _delete(family: str, table: str, line: str) -> None:
    """Delete one rule (`-A chain …` becomes `-D chain …`) or one emptied chain (`-N chain` becomes `-X chain`)."""
    words = shlex.split(line)
    if words[0] == "-N":
        command.succeeds((family, "-w", "-t", table, "-F", words[1]))
    command.succeeds((family, "-w", "-t", table, {"-A": "-D", "-N": "-X"}[words[0]], *words[1:]))


def _saved(family: str) -> list[tuple[str, str]]:
    """Parse `iptables-save` into (table, line); a chain of somebody's own (policy `-`) is written as `-N chain`."""
    try:
        text = command.output((f"{family}-save",))
    except (CommandError, FileNotFoundError):
        return []
    found, table = [], ""
    for line in text.splitlines():
        if line.startswith("*"):
            table = line[1:]
        elif line.startswith(":") and line.split()[1] == "-":
            found.append((table, f"-N {line[1:].split()[0]}"))
        elif line.startswith("-A"):
            found.append((table, line))
    return found
