"""Certificates as files for as long as a driver needs them: drivers read files, and the operator keeps none.

It writes into a directory that only this process may enter, and takes it away again.
"""

import dataclasses
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from panko_operator.world.values import DatabaseTLS


@dataclasses.dataclass(frozen=True, slots=True)
class Files:
    """Paths of files in PEM; without a certificate of our own both paths are None."""

    ca: str
    certificate: str | None
    key: str | None
    verify_name: bool


@contextmanager
def written(tls: DatabaseTLS | None) -> Iterator[Files | None]:
    """Write the certificates down while a connection is made."""
    if tls is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="panko-") as folder:

        def write(name: str, text: str) -> str | None:
            if not text:
                return None
            path = Path(folder, name)
            path.touch(mode=0o600)
            path.write_text(text)
            return str(path)

        ca = str(write("ca.crt", tls.ca))
        yield Files(ca, write("tls.crt", tls.certificate), write("tls.key", tls.key), tls.verify_name)
