"""Certificates for a Panko of a test: an authority of the test's own, in Secrets and where the client looks."""

from pathlib import Path

from e2e.area import Area
from live.openstack import OpenStack
from servers.authority import Authority

SECRET = "web"
"""Where the one of a Panko is that has its certificate from here."""


class Certificates:
    """Signs for some names, as often as it is asked to."""

    def __init__(self, area: Area, folder: Path, *names: str) -> None:
        self._area = area
        self._names = names
        self._authority = Authority(folder)

    @property
    def ca(self) -> str:
        """The authority's certificate in PEM."""
        return self._authority.ca.read_text()

    def give(self, secret: str) -> str:
        """Write a new certificate into a Secret, as a renewal does; return the certificate."""
        certificate, key = (path.read_text() for path in self._authority.sign(*self._names))
        self._area.secret(secret, {"tls.crt": certificate, "tls.key": key, "ca.crt": self.ca})
        return certificate

    def spoil(self, secret: str) -> None:
        """Write a certificate into a Secret with the key of another one."""
        certificate, _ = (path.read_text() for path in self._authority.sign(*self._names))
        _, key = (path.read_text() for path in self._authority.sign(*self._names))
        self._area.secret(secret, {"tls.crt": certificate, "tls.key": key, "ca.crt": self.ca})

    def trusted(self, client: OpenStack) -> OpenStack:
        """Return a client that believes the authority."""
        path = f"/tmp/{self._area.namespace}-ca.crt"
        client.run("sh", "-c", f"cat > {path}", stdin=self.ca)
        return client.acting(REQUESTS_CA_BUNDLE=path, OS_CACERT=path)
