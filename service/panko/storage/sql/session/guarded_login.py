"""A PyMySQL connection that shows a server without TLS no password, whatever the server asks for.

A server chooses how it is logged in to. Whoever answers for its name could so ask for the password itself, or for one
encrypted with a key of its own.
"""

from typing import Any, Final

from pymysql.connections import Connection
from pymysql.constants.CR import CR_AUTH_PLUGIN_CANNOT_LOAD
from pymysql.err import OperationalError

CLEAR_TEXT: Final = frozenset({b"mysql_clear_password", b"dialog", b"mysql_old_password"})


class GuardedConnection(Connection):
    """A connection that refuses to send its password in a way that the other end can read."""

    _secure: bool
    _pinned_key: bytes | None

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

    def _process_auth(self, plugin_name: bytes, auth_packet: Any, handler: Any = None) -> Any:
        if plugin_name in CLEAR_TEXT and not self._secure:
            raise _refusal(plugin_name.decode())
        return super()._process_auth(plugin_name, auth_packet, handler)  # type: ignore[misc]  # not in its stubs


def _refusal(asked: str) -> OperationalError:
    message = f"The server asks for the password by {asked}, which without TLS anybody may read; use another plug-in"
    return OperationalError(CR_AUTH_PLUGIN_CANNOT_LOAD, message)
