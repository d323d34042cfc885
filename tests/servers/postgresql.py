"""A real PostgreSQL for tests: fixture `postgresql`."""

import signal
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
import pytest

from servers.database_server import DatabaseServer, program


def _folders() -> list[str]:
    return sorted((str(path) for path in Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)


class PostgreSQL(DatabaseServer):
    """A PostgreSQL server with settings for speed: its data need not survive the machine."""

    user = "postgres"
    scheme = "postgresql"
    settings: Mapping[str, str] = {
        "fsync": "off",
        "full_page_writes": "off",
        "shared_buffers": "64MB",
        "max_connections": "50",
    }

    def execute(self, statement: str) -> list[tuple]:
        try:
            connection = psycopg.connect(
                host=self.host,
                port=self.port,
                user=self.admin_username,
                password=self.admin_password,
                dbname="postgres",
                autocommit=True,
                connect_timeout=2,
            )
        except psycopg.OperationalError as error:
            raise ConnectionError(str(error)) from error
        with connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def _install(self) -> None:
        password_file = self.folder / "password"
        password_file.write_text(self.admin_password)
        password_file.chmod(0o644)
        self._run(
            program("initdb", *_folders()),
            f"--pgdata={self.folder}/data",
            f"--username={self.admin_username}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )

    def _command(self) -> list[str]:
        settings = {
            "listen_addresses": self.host,
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            **self.settings,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [program("postgres", *_folders()), "-D", f"{self.folder}/data", *options]

    def _stop_signal(self) -> signal.Signals:
        return signal.SIGQUIT  # immediate: SIGKILL would leave the children and their shared memory


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """Start one PostgreSQL for the session."""
    server = PostgreSQL()
    try:
        server.start()
        yield server
    finally:
        server.remove()
