"""A real Keystone for tests: fixture `keystone`.

It runs from a virtual environment of its own, because it brings dependencies that Panko does not have:
`python3 -m venv .venv-openstack`, and then
`.venv-openstack/bin/pip install -r tests/cluster/openstack/requirements-keystone.txt`.
"""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from servers import freezing, logged, once
from servers.database_server import free_port

READY_WITHIN_SECONDS = 60
PROGRAMS = Path(__file__).resolve().parents[2] / ".venv-openstack" / "bin"

CONFIGURATION = """
[DEFAULT]
use_stderr = true
# As clouds have it, in the one process of this server: each request is 200 statements of SQL without, half a second of
# a core. Whether a token still holds is looked up all the same.
[cache]
enabled = true
backend = oslo_cache.dict
[revoke]
caching = false
[identity]
password_hash_rounds = 4
[credential]
key_repository = {folder}/credential-keys
[database]
connection = sqlite:///{folder}/keystone.sqlite
[identity]
password_hash_rounds = 4
[fernet_tokens]
key_repository = {folder}/fernet-keys
[token]
provider = fernet
caching = false
"""

# SQLite does not follow foreign keys unless told so in each session; Keystone counts on a server that does.
TOGETHER = """
CREATE TRIGGER roles_of_application_credentials AFTER DELETE ON application_credential
BEGIN DELETE FROM application_credential_role WHERE application_credential_id = OLD.internal_id; END
"""

GUNICORN = """
wsgi_app = "keystone.wsgi.api:application"
bind = "{host}:{port}"
worker_class = "gthread"
threads = 4
control_socket_disable = True
"""


class Keystone:
    """One Keystone on loopback, with its data in SQLite.

    It starts with the admin of a bootstrap, and can be stopped and started again for tests of outages.
    """

    def __init__(self) -> None:
        self.host = "127.0.0.1"
        self.port = free_port()
        self.url = f"http://{self.host}:{self.port}/v3"
        self.region = "RegionOne"
        self.admin_username = "admin"
        self.admin_password = "admin-s3cret"
        self.admin_project = "admin"
        self.folder = Path(tempfile.mkdtemp(prefix="panko-keystone-"))
        self._process: subprocess.Popen[bytes] | None = None
        once.fill(self.folder, "keystone", self._install)
        self._write_configuration()
        self._publish_own_url()

    def start(self) -> None:
        """Start the server and return when it answers."""
        self._process = logged.start(
            [PROGRAMS / "gunicorn"], self.folder, environment=self._environment(), start_new_session=True
        )
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Keystone did not start:\n{(self.folder / 'log').read_text()[-4000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End the server at once, as a crash would; its data stay."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=READY_WITHIN_SECONDS)
            self._process = None

    def freeze(self) -> None:
        """Make the server hang: it accepts connections and answers nothing."""
        assert self._process is not None
        freezing.freeze(freezing.group(self._process.pid))

    def thaw(self) -> None:
        """Let a frozen server go on."""
        assert self._process is not None
        freezing.thaw(freezing.group(self._process.pid))

    def remove(self) -> None:
        """Stop the server and delete its data."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def token(
        self, username: str, password: str, *, project: str | None = None, scope: dict[str, Any] | None = None
    ) -> str:
        """Return a token of a user: of a project, of any other scope, or without one."""
        domain = {"name": "Default"}
        user = {"name": username, "domain": domain, "password": password}
        auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": user}}}
        auth["scope"] = scope or ({"project": {"name": project, "domain": domain}} if project else "unscoped")
        answer = httpx.post(f"{self.url}/auth/tokens", json={"auth": auth}, timeout=30)
        answer.raise_for_status()
        return answer.headers["X-Subject-Token"]

    def admin_token(self) -> str:
        """Return a token of the admin."""
        return self.token(self.admin_username, self.admin_password, project=self.admin_project)

    def request(self, method: str, path: str, document: Any = None) -> Any:
        """Ask Keystone's API as its admin and return the answer's document."""
        headers = {"X-Auth-Token": self.admin_token()}
        answer = httpx.request(method, f"{self.url}{path}", json=document, headers=headers, timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def add_project(self, name: str) -> str:
        """Create a project when there is none, and return its id."""
        found = self.request("GET", f"/projects?name={name}")["projects"]
        if found:
            return found[0]["id"]
        return self.request("POST", "/projects", {"project": {"name": name, "domain_id": "default"}})["project"]["id"]

    def add_user(self, name: str, password: str, *, project: str | None = None, roles: Sequence[str] = ()) -> str:
        """Create a user with roles in a project, and return the user's id."""
        user = {"name": name, "password": password, "domain_id": "default"}
        user_id = self.request("POST", "/users", {"user": user})["user"]["id"]
        if project:
            project_id = self.add_project(project)
            for role in roles:
                self.request("PUT", f"/projects/{project_id}/users/{user_id}/roles/{self.add_role(role)}")
        return user_id

    def add_role(self, name: str) -> str:
        """Create a role when there is none, and return its id."""
        found = self.request("GET", f"/roles?name={name}")["roles"]
        return found[0]["id"] if found else self.request("POST", "/roles", {"role": {"name": name}})["role"]["id"]

    def revoke(self, token: str) -> None:
        """Revoke a token."""
        headers = {"X-Auth-Token": self.admin_token(), "X-Subject-Token": token}
        httpx.delete(f"{self.url}/auth/tokens", headers=headers, timeout=30).raise_for_status()

    def _install(self) -> None:
        if not (PROGRAMS / "keystone-manage").exists():
            raise FileNotFoundError(f"There is no Keystone in {PROGRAMS}; see {__file__} for how to install it")
        self._write_configuration()
        self._manage("db_sync")
        with contextlib.closing(sqlite3.connect(self.folder / "keystone.sqlite")) as database:
            database.execute(TOGETHER)
            database.commit()
        owner = ("--keystone-user", str(os.geteuid()), "--keystone-group", str(os.getegid()))
        self._manage("fernet_setup", *owner)
        self._manage("credential_setup", *owner)
        self._manage(
            "bootstrap",
            f"--bootstrap-password={self.admin_password}",
            f"--bootstrap-region-id={self.region}",
            *(f"--bootstrap-{interface}-url={self.url}" for interface in ("admin", "internal", "public")),
        )

    def _write_configuration(self) -> None:
        (self.folder / "keystone.conf").write_text(CONFIGURATION.format(folder=self.folder))
        (self.folder / "gunicorn.conf.py").write_text(GUNICORN.format(host=self.host, port=self.port))

    def _publish_own_url(self) -> None:
        """Name this server in the catalogue, which may have been made for another one."""
        with contextlib.closing(sqlite3.connect(self.folder / "keystone.sqlite")) as data, data:
            data.execute("UPDATE endpoint SET url = ?", (self.url,))

    def _manage(self, *arguments: str) -> None:
        done = subprocess.run(
            [PROGRAMS / "keystone-manage", "--config-file", self.folder / "keystone.conf", *arguments],
            check=False,
            capture_output=True,
            text=True,
            env=self._environment(),
            cwd=self.folder,
        )
        if done.returncode:
            raise RuntimeError(f"keystone-manage {arguments[0]}: {done.stderr[-2000:]}")

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONWARNINGS": "ignore",
            "OS_KEYSTONE_CONFIG_FILES": str(self.folder / "keystone.conf"),
            # Keystone reads sys.argv, so gunicorn gets everything by file.
            "GUNICORN_CMD_ARGS": f"--config {self.folder}/gunicorn.conf.py",
        }

    def _answers(self) -> bool:
        try:
            return httpx.get(self.url, timeout=5).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False


@pytest.fixture(scope="session")
def keystone() -> Iterator[Keystone]:
    """Start one Keystone for the session."""
    server = Keystone()
    try:
        server.start()
        yield server
    finally:
        server.remove()
