"""The arguments of a database's URL, which only its driver knows: what it would refuse is found before it is asked.

No message quotes a value but a file's name: a URL holds a password.
"""

import contextlib
import ssl
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import URL
from sqlalchemy.exc import ArgumentError

from panko.errors import ConfigurationError
from panko.storage.sql import engines

AUTHORITIES = frozenset({"ssl_ca", "sslrootcert"})
FILES = AUTHORITIES | {"ssl_cert", "ssl_key", "sslcert", "sslkey", "sslcrl"}
NO_FILES: Mapping[str, frozenset[str]] = MappingProxyType({"sslrootcert": frozenset({"system"})})


@contextlib.contextmanager
def checked(url: URL) -> Iterator[None]:
    """Surround the making of an engine; raise ConfigurationError when no connection could ever be made with these."""
    for name in sorted(FILES & set(url.query)):
        _check_file(name, str(url.query[name]))
    try:
        _args, options = url.get_dialect()().create_connect_args(url)
        yield
    except (ArgumentError, TypeError, ValueError):
        raise ConfigurationError(
            "[database] connection has an argument after the ? whose value cannot be read; correct it."
        ) from None
    known = engines.of_url(url).parameters()
    if known is not None:
        _check_names(options, known=known)


def _check_file(name: str, path: str) -> None:
    if path in NO_FILES.get(name, ()):
        return
    try:
        with Path(path).open("rb"):
            pass
        if name in AUTHORITIES:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        reason = "holds no certificate in PEM format"
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
    else:
        return
    raise ConfigurationError(f"[database] connection names the file {path} as {name}, which {reason}. Correct it.")


def _check_names(options: Mapping[str, Any], *, known: Iterable[str]) -> None:
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise ConfigurationError(
            f"[database] connection has the argument {unknown[0]}, which the driver does not know. Remove it."
        )
