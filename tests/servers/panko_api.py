"""A real `panko-api` for tests: the command in its own process, on loopback."""

import os
import shutil
import signal
import ssl
import sys
import tempfile
import time
from pathlib import Path

import httpx

from servers import logged
from servers.database_server import free_port

READY_WITHIN_SECONDS = 30
KEYSTONE_AUTHTOKEN = """[keystone_authtoken]
www_authenticate_uri = {url}
auth_url = {url}
auth_type = password
username = panko
password = panko-s3cret
project_name = service
user_domain_name = Default
project_domain_name = Default
"""
"""Of a panko.conf, with the Keystone of `url`; what follows may add to it."""


class PankoApi:
    """One panko-api. `configuration` is panko.conf; None starts it with no configuration at all.

    With `ca`, a file of PEM, it is one that speaks TLS, and has the name or the host for a name.
    """

    def __init__(
        self,
        configuration: str | None,
        *,
        ca: Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        name: str | None = None,
    ) -> None:
        self.port = port or free_port()
        self.url = f"{'https' if ca else 'http'}://{host}:{self.port}"
        self._name = name or host
        self._verify = ssl.create_default_context(cafile=ca) if ca else False
        self.folder = Path(tempfile.mkdtemp(prefix="panko-api-"))
        self._arguments = ["--port", str(self.port)]
        if configuration is not None:
            (self.folder / "panko.conf").write_text(configuration)
            self._arguments += ["--config-file", str(self.folder / "panko.conf")]
        self.process: logged.Process | None = None

    @property
    def output(self) -> str:
        """Everything that the command has written."""
        return (self.folder / "log").read_text()

    def start(self) -> "PankoApi":
        """Start the command and return when it answers."""
        self.process = logged.start(
            [sys.executable, "-m", "panko.cmd.api", *self._arguments],
            self.folder,
            environment={"PATH": os.environ["PATH"], "HOME": str(self.folder)},
            last_signal="TERM",
        )
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"panko-api did not start:\n{self.output[-4000:]}")
            time.sleep(0.02)
        return self

    def answers(self) -> bool:
        """Tell whether anything comes back at all."""
        try:
            with httpx.Client(timeout=5, verify=self._verify) as client:
                client.get(self.url, extensions={"sni_hostname": self._name})
        except httpx.TransportError:
            return False
        return True

    def workers(self) -> list[int]:
        """Return the process ids of its workers."""
        assert self.process is not None
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def terminate(self) -> None:
        """Ask the command to end, as Kubernetes does, and return at once."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill the command and its workers at once, as a lost node does."""
        assert self.process is not None
        for process in (self.process.pid, *self.workers()):
            os.kill(process, signal.SIGKILL)
        self.process.wait(timeout=READY_WITHIN_SECONDS)

    def wait(self) -> int:
        """Return the exit code when the command has ended."""
        assert self.process is not None
        return self.process.wait(timeout=READY_WITHIN_SECONDS)

    def remove(self) -> None:
        """End the command and delete its files."""
        if self.process is not None and self.process.poll() is None:
            self.terminate()
            self.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def peak_mebibytes(pid: int) -> float:
    """Return the most memory that a process has ever had."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
