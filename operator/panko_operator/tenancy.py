"""What the owner of the cluster lets the authors of Pankos reach with the operator's hands. Pure.

The operator connects to what a Panko names, with logins from Secrets that the Panko names. Where the two are not
equally trusted, the operator's own settings confine both.
"""

import dataclasses
from typing import Final
from urllib.parse import urlsplit

SECRET_LABEL: Final = "panko.openstack.org/may-use"  # noqa: S105 -- a label's name
_PORTS: Final = {"http": 80, "https": 443}


@dataclasses.dataclass(frozen=True, slots=True)
class Tenancy:
    """The lists; an empty one allows everything. `*.example.org` allows every host below that domain.

    A Keystone URL allows every path below it. With `labelled_secrets` a Panko may only use Secrets that carry
    SECRET_LABEL with the value "true".
    """

    database_hosts: tuple[str, ...] = ()
    keystone_urls: tuple[str, ...] = ()
    labelled_secrets: bool = False

    def allows_database(self, host: str) -> bool:
        """Tell whether Pankos may use this database server."""
        return not self.database_hosts or any(_covers_host(allowed, host) for allowed in self.database_hosts)

    def allows_keystone(self, url: str) -> bool:
        """Tell whether Pankos may log in at this URL."""
        return not self.keystone_urls or any(_covers_url(allowed, url) for allowed in self.keystone_urls)

    def allows_secret(self, labels: dict[str, str]) -> bool:
        """Tell whether Pankos may use a Secret with these labels."""
        return not self.labelled_secrets or labels.get(SECRET_LABEL) == "true"


def _covers_host(allowed: str, host: str) -> bool:
    allowed, host = allowed.lower(), host.lower()
    return host.endswith(allowed[1:]) if allowed.startswith("*.") else host == allowed


def _covers_url(allowed: str, url: str) -> bool:
    own, other = urlsplit(allowed), urlsplit(url)
    if (own.scheme, own.hostname, _port(allowed)) != (other.scheme, other.hostname, _port(url)):
        return False
    below = own.path.rstrip("/")
    # A path that climbs is no path below: what serves it decides where it ends.
    return ".." not in other.path and (other.path == below or other.path.startswith(f"{below}/"))


def _port(url: str) -> int | None:
    split = urlsplit(url)
    return split.port or _PORTS.get(split.scheme)
