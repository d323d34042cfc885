"""The question of a screen in the words of other programs: a link that lasts, curl, and the command line. Pure."""

import dataclasses
import shlex
from collections.abc import Mapping
from urllib.parse import quote, urlencode

HEADER = '"X-Auth-Token: $(openstack token issue -f value -c id)"'


@dataclasses.dataclass(frozen=True, slots=True)
class Copies:
    """Texts to copy."""

    link: str
    curl: str
    command: str


def of_events(server: str, path: str, arguments: Mapping[str, str]) -> Copies:
    """Return them of a list of events; times stand in the arguments as they were meant."""
    sent = {name: value for name, value in arguments.items() if value}
    link = f"{server}{path}?{urlencode(dict(arguments))}"
    return Copies(link, curl(f"{server}/v2/search/events", sent), _command(sent))


def curl(url: str, arguments: Mapping[str, str]) -> str:
    """Return the command that asks the API."""
    data = "".join(f" --data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in arguments.items())
    if not arguments:
        return f"curl -sS -H {HEADER} {shlex.quote(url)}"
    return f"curl -sS -H {HEADER} -G {shlex.quote(url)}{data}"


def in_path(identifier: str) -> str:
    """Return an id as it stands in a URL."""
    return quote(identifier, safe="", errors="replace")


def command(verb: str, identifier: str, arguments: Mapping[str, str]) -> str:
    """Return the words of the command line that tell of one resource or request."""
    everybody = ["--all-projects"] if arguments.get("all_projects") == "true" else []
    last = ["--", identifier] if identifier.startswith("-") else [identifier]
    return shlex.join(["openstack", "event", verb, *everybody, *last])


def _command(sent: Mapping[str, str]) -> str:
    words = ["openstack", "event", "search"]
    for option, name in (("--since", "from"), ("--until", "to")):
        if name in sent:
            words += [option, sent[name]]
    words += ["--all-projects"] if sent.get("all_projects") == "true" else []
    words += ["--oldest-first"] if sent.get("order") == "oldest" else []
    if "filter" in sent:
        words += (["--"] if sent["filter"].startswith("-") else []) + [sent["filter"]]
    return shlex.join(words)
