"""A PyMySQL connection that shows its password to no server that has not proved who it is, whatever it asks for.

A server chooses how it is logged in to. Whoever answers for its name could so ask for the password itself, or for one
encrypted with a key of its own, or over TLS with a certificate of its own.
"""

import functools
import ssl
from typing import Any, Final

from pymysql.connections import Connection
from pymysql.constants.CR import CR_AUTH_PLUGIN_CANNOT_LOAD
from pymysql.err import OperationalError

CLEAR_TEXT: Final = frozenset({b"mysql_clear_password", b"dialog", b"mysql_old_password"})


class GuardedConnection(Connection):
    """A connection that refuses to send its password in a way that the other end can read."""

    _sock: Any
    _pinned_key: bytes | None
    _is_protected = False

    @property
    def _secure(self) -> bool:
        """Whether what is sent reaches the right server alone; PyMySQL takes TLS with anybody for that."""
        over_tls = isinstance(self._sock, ssl.SSLSocket)
        return self._is_protected and not (over_tls and self._sock.context.verify_mode is not ssl.CERT_REQUIRED)

    @_secure.setter
    def _secure(self, protected: bool) -> None:
        self._is_protected = protected

    @property
    def server_public_key(self) -> bytes | None:
        """Return the key that was given to encrypt the password with."""
        return self._pinned_key

    @server_public_key.setter
    def server_public_key(self, key: bytes | None) -> None:
        # The first is the argument of the constructor; any later one came from the wire.
        if hasattr(self, "_pinned_key"):
            raise _refusal("a public key of its own")
        self._pinned_key = key

    def _create_ssl_ctx(self, sslp: Any) -> ssl.SSLContext:
        """Return what TLS is made with; where no authority was named, what serves all connections."""
        return super()._create_ssl_ctx(sslp) if sslp else _tls_with_anybody()  # type: ignore[misc]  # not in its stubs

    def _process_auth(self, plugin_name: bytes, auth_packet: Any, handler: Any = None) -> Any:
        if plugin_name in CLEAR_TEXT and not self._secure:
            raise _refusal(plugin_name.decode())
        return super()._process_auth(plugin_name, auth_packet, handler)  # type: ignore[misc]  # not in its stubs


@functools.cache
def _tls_with_anybody() -> ssl.SSLContext:
    """Make it once: PyMySQL reads the machine's authorities for each connection, which takes 10 ms, and asks none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _refusal(asked: str) -> OperationalError:
    message = f"The server asks for the password by {asked} and has not proved who it is; name its authority for TLS"
    return OperationalError(CR_AUTH_PLUGIN_CANNOT_LOAD, message)
