"""Where a RabbitMQ is, and how one logs in. Pure."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from panko.errors import ConfigurationError

QUEUE_TYPE, QUORUM = "x-queue-type", "quorum"
DELIVERY_LIMIT = "x-delivery-limit"
# Since this release a quorum queue drops what came back twenty times, where nothing else is said; -1 is no limit.
LIMITED_SINCE = 4


@dataclasses.dataclass(frozen=True, slots=True)
class Host:
    """One host of a cluster."""

    name: str
    port: int
    username: str
    password: str = dataclasses.field(repr=False)

    @property
    def address(self) -> str:
        """Host and port, as in a URL."""
        return f"[{self.name}]:{self.port}" if ":" in self.name else f"{self.name}:{self.port}"


@dataclasses.dataclass(frozen=True, slots=True)
class Address:
    """A RabbitMQ of one or several hosts. `queue_arguments` and `durable` are what oslo.messaging declares by."""

    hosts: tuple[Host, ...]
    virtual_host: str
    tls: Mapping[str, Any] | None
    login_method: str
    heartbeat_seconds: int
    durable: bool
    auto_delete: bool
    queue_arguments: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What it is called in logs and figures."""
        return f"{self.hosts[0].address}/{'' if self.virtual_host == '/' else self.virtual_host}"

    def dead_letter_arguments(self, version: str) -> dict[str, Any]:
        """Return what the queue of dead letters is declared by, in a RabbitMQ of this version.

        Each look into it gives them back, which a quorum queue counts: no number of looks may cost one.
        """
        arguments = {name: value for name, value in self.queue_arguments.items() if name != DELIVERY_LIMIT}
        major = version.partition(".")[0]
        if arguments.get(QUEUE_TYPE) == QUORUM and major.isdecimal() and int(major) >= LIMITED_SINCE:
            arguments[DELIVERY_LIMIT] = -1
        return arguments


def require_distinct(addresses: Sequence[Address]) -> None:
    """Raise ConfigurationError where two have one name: they are one RabbitMQ, and health and figures go by it."""
    names = [address.name for address in addresses]
    for name in names:
        if names.count(name) > 1:
            raise ConfigurationError(
                f"[collector] transport_url names the same host and virtual host twice: {name}. Keep one of the lines, "
                "with every host of that cluster in it."
            )
