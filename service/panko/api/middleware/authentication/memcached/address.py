"""Where a memcached is, as [keystone_authtoken] memcached_servers writes it."""

import dataclasses
import re
import socket

from panko.errors import ConfigurationError

PORT = 11211
ADDRESS = re.compile(
    r"(?:inet6?:)?(?:\[(?P<literal>[0-9A-Fa-f:.%a-z]+)\]|(?P<host>[^\[\]:/\s]+))(?::(?P<port>\d{1,5}))?"
)
SOCKET_FILE = re.compile(r"(?:unix:)?(?P<path>/\S+)")


@dataclasses.dataclass(frozen=True, slots=True)
class Address:
    """A host and a port, or a file when the port is 0."""

    host: str
    port: int

    def connect(self, timeout_seconds: float) -> socket.socket:
        """Open a connection. Raise OSError."""
        if self.port:
            return socket.create_connection((self.host, self.port), timeout=timeout_seconds)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(timeout_seconds)
        try:
            connection.connect(self.host)
        except OSError:
            connection.close()
            raise
        return connection

    def __str__(self) -> str:
        """Return what a person would write."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" if self.port else self.host


def parse(text: str) -> Address:
    """Read `host:port`, `[::1]:port`, either after `inet:` or `inet6:`, or the path of a socket."""
    if file := SOCKET_FILE.fullmatch(text.strip()):
        return Address(file["path"], 0)
    found = ADDRESS.fullmatch(text.strip())
    port = int(found["port"] or PORT) if found else 0
    if found is None or not 0 < port < 2**16 or not _is_name(found["host"] or ""):
        message = f"[keystone_authtoken] memcached_servers: {text!r} is no address; write host:port or [IPv6]:port."
        raise ConfigurationError(message)
    return Address(found["literal"] or found["host"], port)


def _is_name(host: str) -> bool:
    """Tell whether a host can be looked up at all: Python raises no OSError for one that cannot."""
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True
