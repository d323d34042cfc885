"""Where a publisher posts its events, and by whom the server there is known. Pure."""

import dataclasses
from urllib.parse import SplitResult, quote, urlsplit

EVENTS_PATH = "/v2/events"
_PORTS = {"http": 80, "https": 443}


@dataclasses.dataclass(frozen=True, slots=True)
class Address:
    """A URL of the catalogue, as a publisher uses it.

    `authority` are certificates in PEM; empty: the host's own authorities know the server, or it speaks HTTP.
    """

    base: str
    authority: str = ""

    @property
    def uri(self) -> str:
        """Where events are posted."""
        return f"{self.base.rstrip('/')}{EVENTS_PATH}"

    @property
    def host(self) -> str:
        """The host name or address, an IPv6 one without brackets."""
        return self._split.hostname or ""

    @property
    def port(self) -> int:
        """The port, as written or that of the scheme."""
        return self._split.port or _PORTS[self._split.scheme]

    def with_login(self, username: str, password: str) -> str:
        """Return the URI with a login in it, percent-encoded so that no character of it ends the login."""
        parts = urlsplit(self.uri)
        login = f"{quote(username, safe='')}:{quote(password, safe='')}"
        return parts._replace(netloc=f"{login}@{parts.netloc}").geturl()

    @property
    def _split(self) -> SplitResult:
        return urlsplit(self.base)
