"""How a memcached proves who it is, and the API to it where it asks: [keystone_authtoken] memcache_tls_*.

The server is always verified, its name included: whoever stands in for a memcached could keep revoked tokens alive.
"""

import dataclasses
import ssl

from panko.api.middleware.authentication.memcached.address import Address
from panko.errors import ConfigurationError


class UntrustedError(OSError):
    """Whoever answers does not prove to be the memcached that was meant."""


@dataclasses.dataclass(frozen=True, slots=True)
class TLS:
    """Files of PEM: whom to trust (None: public authorities), and a certificate and key of the API's own."""

    ca_file: str | None = None
    certificate_file: str | None = None
    key_file: str | None = None
    ciphers: str | None = None

    def check(self) -> None:
        """Raise ConfigurationError when the files cannot be used."""
        try:
            self._context()
        except (OSError, ValueError) as error:
            message = (
                f"[keystone_authtoken] memcache_tls_*: a file or the ciphers cannot be used: {error}; "
                "memcache_tls_cafile holds certificates in PEM, memcache_tls_certfile and memcache_tls_keyfile a pair."
            )
            raise ConfigurationError(message) from error

    def connect(self, address: Address, timeout_seconds: float) -> ssl.SSLSocket:
        """Open a connection and have the server prove who it is. Raise OSError, UntrustedError when it cannot."""
        # Anew for each connection, of which there are few: the files change when certificates are renewed.
        context = self._context()
        connection = address.connect(timeout_seconds)
        try:
            return context.wrap_socket(connection, server_hostname=address.host.partition("%")[0])
        except ssl.SSLCertVerificationError as error:
            raise UntrustedError(error.verify_message) from error
        finally:
            connection.close()  # what was wrapped is another object by now

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.ca_file)
        if self.certificate_file:
            context.load_cert_chain(self.certificate_file, self.key_file)
        if self.ciphers:
            context.set_ciphers(self.ciphers)
        return context
