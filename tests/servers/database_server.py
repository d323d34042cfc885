"""What the real MariaDB and PostgreSQL of the tests have in common: one process on loopback with its own data."""

import abc
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from servers import freezing, once

READY_WITHIN_SECONDS = 60
MOST_TRIES = 100
PORTS = range(24_000, 30_000)  # above the local cluster's own, below those of Services and of outgoing connections


def free_port() -> int:
    """Return a TCP port of the loopback interface that nothing listens on, nor will before whoever asked for it does.

    Ports that the kernel chooses are those of outgoing connections too: another test's may have it a moment later, or
    while a server is away.
    """
    for port in random.SystemRandom().sample(PORTS, MOST_TRIES):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free")


def program(name: str, *folders: str) -> str:
    """Return the path of a server's program; its absence is an error, never a skipped test."""
    path = shutil.which(name, path=os.pathsep.join((os.environ["PATH"], "/usr/sbin", *folders)))
    if path is None:
        raise FileNotFoundError(f"{name} is not installed; on Debian: python3 tests/cluster packages")
    return path


class DatabaseServer(abc.ABC):
    """A database server of our own, reached over TCP with `admin_username` and `admin_password`.

    The child receives SIGKILL when the thread that started it dies, so an aborted run leaves nothing behind; `start`
    belongs into the main thread.
    """

    user = ""
    scheme = ""

    def __init__(self, folder: Path | None = None) -> None:
        """Make a server with new data, or go on with those of an earlier one in `folder`."""
        self.host = "127.0.0.1"
        self.port = free_port()
        self.admin_username = "admin"
        self.admin_password = "admin-s3cret"
        self.folder = folder or Path(tempfile.mkdtemp(prefix=f"panko-{self.user}-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        if os.geteuid() == 0:
            account = pwd.getpwnam(self.user)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        if not (self.folder / "data").exists():
            self._fill()

    def new_database(self) -> str:
        """Create an empty database and return its URL for the administrator."""
        self._databases += 1
        name = f"panko_{self._databases}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def url(self, database: str) -> str:
        """Return the URL of a database for the administrator."""
        return f"{self.scheme}://{self.admin_username}:{self.admin_password}@{self.host}:{self.port}/{database}"

    def start(self) -> None:
        """Start the server and return when it answers."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._drop_privileges(), *self._command()], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.user} did not start:\n{(self.folder / 'log').read_text()[-4000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End the server at once, as a crash would; committed data stay."""
        if self._process is not None:
            if self._process.poll() is None:
                self.thaw()
                self._process.send_signal(self._stop_signal())
            self._process.wait(timeout=READY_WITHIN_SECONDS)
            self._process = None

    def freeze(self) -> None:
        """Make the server hang: its kernel accepts connections and nobody answers."""
        freezing.freeze(self._all())

    def thaw(self) -> None:
        """Let a frozen server go on."""
        freezing.thaw(self._all())

    def _all(self) -> list[int]:
        """Return the server and the processes that it has started."""
        assert self._process is not None
        pid = self._process.pid
        return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]

    def remove(self) -> None:
        """Stop the server and delete its data."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _fill(self) -> None:
        once.fill(self.folder, self.user, self._install)

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            [*self._drop_privileges(), *command], check=False, capture_output=True, text=True, cwd=self.folder
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stdout[-2000:]}{done.stderr[-2000:]}")

    def _drop_privileges(self) -> list[str]:
        as_user = ["--reuid", self.user, "--regid", self.user, "--clear-groups"] if os.geteuid() == 0 else []
        return [program("setpriv"), "--pdeathsig", "KILL", *as_user]

    def _answers(self) -> bool:
        try:
            self.execute("SELECT 1")
        except OSError:
            return False
        return True

    @abc.abstractmethod
    def execute(self, statement: str) -> list[tuple]:
        """Execute one statement as the administrator; raise ConnectionError when the server does not answer."""

    @abc.abstractmethod
    def _install(self) -> None: ...

    @abc.abstractmethod
    def _command(self) -> list[str]: ...

    @abc.abstractmethod
    def _stop_signal(self) -> signal.Signals: ...
