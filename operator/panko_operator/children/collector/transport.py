"""The URL of a RabbitMQ as oslo.messaging has it: `rabbit://user:password@host:port,user:password@host:port/vhost`.

Pure. What is wrong about one is told without a word of it, for it holds a password.
"""

import dataclasses
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qs

from panko_operator.children.parts.destinations import Destination

SCHEME: Final = "rabbit://"
_PORT: Final = 5672
_MOST: Final = 65535
_YES: Final = frozenset({"1", "true", "on", "yes"})


@dataclasses.dataclass(frozen=True, slots=True)
class Transport:
    """One cluster of RabbitMQ. A login may be empty; it is as it was written, percent-encoded."""

    hosts: tuple[Destination, ...]
    login: str = dataclasses.field(repr=False)  # of the first host
    virtual_host: str
    encrypted: bool

    @classmethod
    def parse(cls, url: str, *, encrypted: bool = False) -> "Transport":
        """Read a URL, `encrypted` unless it says otherwise; raise ValueError with what is wrong about it."""
        if not url.startswith(SCHEME):
            raise ValueError(f"does not begin with {SCHEME}")
        if any(character.isspace() for character in url):
            raise ValueError("holds a blank or a line break")
        place, _, query = url.removeprefix(SCHEME).partition("?")
        netloc, _, virtual_host = place.partition("/")
        parts = netloc.split(",")
        hosts = tuple(_host(part) for part in parts)
        written = parse_qs(query).get("ssl")
        wanted = encrypted if written is None else written[-1].lower() in _YES
        return cls(hosts, parts[0].rpartition("@")[0], virtual_host, wanted)

    @property
    def amqp(self) -> str:
        """The URL of the first host as AMQP's other clients read it."""
        host = self.hosts[0]
        login = f"{self.login}@" if self.login else ""
        name = f"[{host.host}]" if ":" in host.host else host.host
        scheme = "amqps" if self.encrypted else "amqp"
        return f"{scheme}://{login}{name}:{host.port}/{self.virtual_host or '%2F'}"


def destinations(transports: Sequence[Transport]) -> tuple[Destination, ...]:
    """Return whom a collector has to reach."""
    return tuple(dict.fromkeys(host for one in transports for host in one.hosts))


def _host(part: str) -> Destination:
    written = part.rpartition("@")[2]
    if written.startswith("["):
        host, closed, port = written[1:].partition("]")
        port = port.removeprefix(":") if closed else "?"
    else:
        host, _, port = written.partition(":")
    if not host:
        raise ValueError("names no host")
    if port and (not port.isdecimal() or not 0 < int(port) <= _MOST):
        raise ValueError("has a port that is none")
    return Destination(host, int(port) if port else _PORT)
