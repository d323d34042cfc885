"""A real HAProxy that ends TLS in front of an API or another server, as a cloud's load balancer does."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from servers.authority import Authority
from servers.database_server import free_port, program
from servers.haproxy import listens, wait_for

CONFIGURATION = """
defaults
  mode {mode}
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend tls
  bind 127.0.0.1:{port} ssl crt {folder}/front.pem
  default_backend api
backend api
  server api 127.0.0.1:{api_port}
"""


@contextlib.contextmanager
def tls_front(api_port: int, authority: Authority, folder: Path, *, mode: str = "http") -> Iterator[int]:
    """Serve what listens on a port under TLS on 127.0.0.1, with a certificate of the authority; yield the port."""
    certificate, key = authority.sign("front", "127.0.0.1")
    (folder / "front.pem").write_text(certificate.read_text() + key.read_text())
    port = free_port()
    (folder / "front.cfg").write_text(CONFIGURATION.format(mode=mode, port=port, folder=folder, api_port=api_port))
    command = ["setpriv", "--pdeathsig", "KILL", program("haproxy"), "-db", "-f", str(folder / "front.cfg")]
    with (folder / "front.log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            wait_for(lambda: listens(port), "HAProxy does not listen")
            yield port
        finally:
            process.kill()
