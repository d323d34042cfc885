"""A real MariaDB for tests: fixture `mariadb`."""

import signal
from collections.abc import Iterator

import pymysql
import pytest

from servers.database_server import DatabaseServer, program


class MariaDB(DatabaseServer):
    """A MariaDB server with settings for speed: its data need not survive the machine."""

    user = "mysql"
    scheme = "mysql+pymysql"
    options: tuple[str, ...] = (
        "--innodb-buffer-pool-size=64M",
        "--innodb-log-file-size=32M",
        "--innodb-flush-log-at-trx-commit=2",
        "--innodb-doublewrite=OFF",
    )

    def execute(self, statement: str) -> list[tuple]:
        try:
            connection = pymysql.connect(
                host=self.host,
                port=self.port,
                user=self.admin_username,
                password=self.admin_password,
                autocommit=True,
                connect_timeout=2,
                charset="utf8mb4",
            )
        except pymysql.err.OperationalError as error:
            raise ConnectionError(str(error)) from error
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def _install(self) -> None:
        (self.folder / "accounts.sql").write_text(
            f"CREATE USER IF NOT EXISTS {self.admin_username}@'%' IDENTIFIED BY '{self.admin_password}';\n"
            f"GRANT ALL PRIVILEGES ON *.* TO {self.admin_username}@'%' WITH GRANT OPTION;\n"
        )
        self._run(
            program("mariadb-install-db"),
            "--no-defaults",
            f"--user={self.user}",
            f"--datadir={self.folder}/data",
            f"--tmpdir={self.folder}",  # a server that starts deletes the temporary tables of all that share one
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--innodb-log-file-size=32M",
        )

    def _command(self) -> list[str]:
        return [
            program("mariadbd"),
            "--no-defaults",
            f"--datadir={self.folder}/data",
            f"--socket={self.folder}/socket",
            f"--pid-file={self.folder}/pid",
            f"--tmpdir={self.folder}",
            f"--init-file={self.folder}/accounts.sql",
            f"--bind-address={self.host}",
            f"--port={self.port}",
            "--skip-name-resolve",
            "--skip-log-bin",
            "--performance-schema=OFF",
            f"--user={self.user}",
            "--innodb-fast-shutdown=1",
            *self.options,
        ]

    def _stop_signal(self) -> signal.Signals:
        return signal.SIGKILL


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDB]:
    """Start one MariaDB for the session."""
    server = MariaDB()
    try:
        server.start()
        yield server
    finally:
        server.remove()
