"""Listeners that answer for a database server and ask for the password in a way in which they can read it."""

import contextlib
import socket
import ssl
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from servers.authority import Authority

SALT = b"12345678901234567890"
SIZE_OF_TLS_REQUEST = 36
ASKS_FOR_A_KEY = b"\x02"
OAEP = padding.OAEP(mgf=padding.MGF1(algorithm=hashes.SHA1()), algorithm=hashes.SHA1(), label=None)


@dataclass(slots=True)
class Rogue:
    """What a listener heard."""

    port: int
    heard: list[bytes] = field(default_factory=list)


@contextlib.contextmanager
def rogue(talk: Callable[[socket.socket], bytes]) -> Iterator[Rogue]:
    """Listen for one client."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        found = Rogue(listener.getsockname()[1])

        def serve() -> None:
            with contextlib.suppress(OSError, IndexError, ValueError), listener.accept()[0] as client:
                client.settimeout(5)
                found.heard.append(talk(client))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield found
        thread.join(6)


def clear_text_mysql(client: socket.socket) -> bytes:
    """Ask for mysql_clear_password."""
    _greet(client, b"mysql_native_password")
    _packet(client, 2, b"\xfemysql_clear_password\0" + SALT + b"\0")
    return _read(client)


def own_key_mysql(client: socket.socket) -> bytes:
    """Ask for a full authentication of caching_sha2_password, with a key of one's own."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    _greet(client, b"caching_sha2_password")
    _packet(client, 2, b"\x01\x04")
    _read(client)
    _packet(client, 4, b"\x01" + _public(key))
    scrambled = key.decrypt(_read(client), OAEP)
    return bytes(byte ^ SALT[index % len(SALT)] for index, byte in enumerate(scrambled))


def clear_text_mysql_over_tls(client: socket.socket) -> bytes:
    """Ask for mysql_clear_password over TLS, with a certificate that nobody has signed."""
    return _ask_over_tls(client, b"\xfemysql_clear_password\0" + SALT + b"\0", b"mysql_native_password")


def full_authentication_mysql_over_tls(client: socket.socket) -> bytes:
    """Ask for a full authentication of caching_sha2_password over TLS, with a certificate that nobody has signed."""
    return _ask_over_tls(client, b"\x01\x04", b"caching_sha2_password")


def _ask_over_tls(client: socket.socket, asked: bytes, plugin: bytes) -> bytes:
    _greet(client, plugin, tls=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        context.load_cert_chain(*Authority(Path(folder)).sign("rogue", "127.0.0.1"))
    with context.wrap_socket(client, server_side=True) as secured:
        secured.recv(65536)
        _packet(secured, 3, asked)
        heard = _read(secured)
        if heard == ASKS_FOR_A_KEY:
            _packet(secured, 5, b"\x01" + _public(rsa.generate_private_key(public_exponent=65537, key_size=2048)))
            heard = _read(secured)
        return heard


def clear_text_postgresql(client: socket.socket) -> bytes:
    """Refuse TLS and ask for the password as text."""
    while client.recv(4096)[4:8] in {b"\x04\xd2\x16\x2f", b"\x04\xd2\x16\x30"}:
        client.sendall(b"N")
    client.sendall(b"R" + struct.pack("!II", 8, 3))
    return client.recv(4096)


def _public(key: rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _greet(client: socket.socket, plugin: bytes, *, tls: bool = False) -> None:
    capabilities = 0x000FF7FF | (0x0800 if tls else 0)  # all of the old ones and plug-ins
    body = b"\x0a8.0.36\0" + struct.pack("<I", 1) + SALT[:8] + b"\0" + struct.pack("<H", capabilities & 0xFFFF)
    body += b"\x2d" + struct.pack("<HH", 2, capabilities >> 16) + bytes([21]) + bytes(10) + SALT[8:] + b"\0"
    _packet(client, 0, body + plugin + b"\0")
    # The request for TLS and no byte more: the handshake follows without waiting.
    client.recv(SIZE_OF_TLS_REQUEST if tls else 65536, socket.MSG_WAITALL if tls else 0)


def _packet(client: socket.socket, number: int, body: bytes) -> None:
    client.sendall(struct.pack("<I", len(body))[:3] + bytes([number]) + body)


def _read(client: socket.socket) -> bytes:
    return client.recv(65536)[4:]
