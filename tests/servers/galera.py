"""A real Galera cluster of three MariaDB for tests: fixture `galera`.

A test that breaks nodes repairs them, and waits until the cluster is whole.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest

from servers import once
from servers.database_server import free_port, program
from servers.mariadb import MariaDB

PROVIDERS = (Path("/usr/lib/galera/libgalera_smm.so"), Path("/usr/lib64/galera-4/libgalera_smm.so"))
NEEDED_BY_TRANSFERS = ("mariadb-backup", "socat", "pv", "rsync")
STATE_TRANSFER_ACCOUNT = "transfer:transfer-s3cret"
NODES = 3
PATIENCE_SECONDS = 60
NOWHERE = "00000000-0000-0000-0000-000000000000"
ANSWER_SECONDS = 1


class GaleraNode(MariaDB):
    """One node, with data of its own or with a copy of those of a node that has not been started yet.

    `stop` is a crash. `start` brings it back by what it missed, or by everything after `lose_data`.
    """

    def __init__(self, number: int, *, like: "GaleraNode | None" = None) -> None:
        self.number = number
        self.group_port, self.transfer_port, self.receive_port = (free_port() for _ in range(3))
        self.addresses: tuple[str, ...] = ()
        self.founds_cluster = False
        self._like = like
        super().__init__()

    @property
    def address(self) -> str:
        """Where the other nodes find this one."""
        return f"127.0.0.1:{self.group_port}"

    @property
    def log(self) -> Path:
        """Where the node writes what happens to it."""
        return self.folder / "log"

    def status(self, name: str) -> str:
        """Return a status variable; raise ConnectionError when the node does not tell."""
        ((_, value),) = self.ask(f"SHOW GLOBAL STATUS WHERE Variable_name = '{name}'")
        return value

    def ask(self, statement: str, *, port: int | None = None) -> list[tuple]:
        """Ask the node, or whoever answers behind a proxy's port, within a second or raise ConnectionError."""
        try:
            connection = self._connect(port, read_timeout=ANSWER_SECONDS)
            with connection, connection.cursor() as cursor:
                cursor.execute(statement)
                return list(cursor.fetchall())
        except pymysql.err.OperationalError as error:
            raise ConnectionError(str(error)) from error

    def is_ready(self) -> bool:
        """Tell whether the node serves: what a proxy has to ask."""
        try:
            return self.status("wsrep_ready") == "ON"
        except OSError:
            return False

    def is_synced(self) -> bool:
        """Tell whether the node has everything that is committed, and no part in bringing another one up."""
        try:
            return self.status("wsrep_local_state_comment") == "Synced" and self.is_ready()
        except OSError:
            return False

    def _connect(self, port: int | None = None, **options: int) -> pymysql.Connection:
        return pymysql.connect(
            host=self.host,
            port=port or self.port,
            user=self.admin_username,
            password=self.admin_password,
            connect_timeout=ANSWER_SECONDS,
            **options,
        )

    @contextlib.contextmanager
    def held_up(self) -> Iterator[None]:
        """Keep the node from applying what the others commit."""
        connection = self._connect()
        with connection, connection.cursor() as cursor:
            cursor.execute("FLUSH TABLES WITH READ LOCK")
            yield

    def stop(self) -> None:
        """Kill the node, and what it started to send or receive its data."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        super().stop()

    def lose_data(self) -> None:
        """Replace the disk of a node that does not run."""
        shutil.rmtree(self.folder / "data")
        self._run(program("mkdir"), f"{self.folder}/data")

    def claim(self, history: str, committed: str) -> None:
        """Say of a node's data that they are those of the cluster at a commit, as after a restored backup."""
        file = self.folder / "data" / "grastate.dat"
        file.write_text(
            f"# GALERA saved state\nversion: 2.1\nuuid: {history}\nseqno: {committed}\nsafe_to_bootstrap: 0\n"
        )
        if os.geteuid() == 0:
            shutil.chown(file, self.user, self.user)

    def _fill(self) -> None:
        if self._like is not None:
            self._run(program("cp"), "--recursive", f"{self._like.folder}/data", f"{self.folder}/data")
            return
        once.fill(self.folder, "galera", self._install)

    def _install(self) -> None:
        self._run(
            program("mariadb-install-db"),
            "--no-defaults",
            f"--datadir={self.folder}/data",
            f"--tmpdir={self.folder}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--innodb-log-file-size=32M",
        )
        self._create_accounts()

    def _create_accounts(self) -> None:
        name, password = STATE_TRANSFER_ACCOUNT.split(":")
        accounts = (
            "FLUSH PRIVILEGES;\n"
            f"CREATE USER {self.admin_username}@'%' IDENTIFIED BY '{self.admin_password}';\n"
            f"GRANT ALL PRIVILEGES ON *.* TO {self.admin_username}@'%' WITH GRANT OPTION;\n"
            f"CREATE USER {name}@localhost IDENTIFIED BY '{password}';\n"
            f"GRANT RELOAD, PROCESS, LOCK TABLES, BINLOG MONITOR, REPLICA MONITOR ON *.* TO {name}@localhost;\n"
        )
        folders = (f"--datadir={self.folder}/data", f"--tmpdir={self.folder}")
        options = ("--no-defaults", "--bootstrap", *folders, "--innodb-log-file-size=32M")
        subprocess.run(
            [*self._drop_privileges(), program("mariadbd"), *options],
            check=True,
            capture_output=True,
            text=True,
            input=accounts,
            timeout=PATIENCE_SECONDS,
        )

    def _settings(self) -> dict[str, str | int]:
        provider = next((path for path in PROVIDERS if path.exists()), None)
        if provider is None:
            raise FileNotFoundError("Galera is not installed; on Debian: apt-get install galera-4")
        for name in NEEDED_BY_TRANSFERS:
            program(name)
        options = {
            "base_port": self.group_port,
            "gmcast.listen_addr": f"tcp://{self.address}",
            "ist.recv_addr": f"{self.host}:{self.transfer_port}",
            "gcache.size": "32M",
        }
        return {
            "datadir": f"{self.folder}/data",
            "socket": f"{self.folder}/socket",
            "pid_file": f"{self.folder}/pid",
            "tmpdir": str(self.folder),
            "bind_address": self.host,
            "port": self.port,
            "skip_name_resolve": "ON",
            "performance_schema": "OFF",
            "binlog_format": "ROW",
            "innodb_autoinc_lock_mode": 2,
            "innodb_buffer_pool_size": "32M",
            "innodb_log_file_size": "32M",
            "innodb_flush_log_at_trx_commit": 1,
            "wsrep_on": "ON",
            "wsrep_provider": str(provider),
            "wsrep_cluster_name": "panko",
            "wsrep_cluster_address": f"gcomm://{','.join(self.addresses)}",
            "wsrep_node_name": f"galera-{self.number}",
            "wsrep_node_address": self.host,
            "wsrep_sst_method": "mariabackup",
            "wsrep_sst_auth": STATE_TRANSFER_ACCOUNT,
            "wsrep_sst_receive_address": f"{self.host}:{self.receive_port}",
            "wsrep_provider_options": '"' + ";".join(f"{name}={value}" for name, value in options.items()) + '"',
        }

    def _command(self) -> list[str]:
        lines = "\n".join(f"{name} = {value}" for name, value in self._settings().items())
        (self.folder / "my.cnf").write_text(f"[mysqld]\n{lines}\n")
        command = [program("mariadbd"), f"--defaults-file={self.folder}/my.cnf"]
        if self.founds_cluster:
            return [*command, "--wsrep-new-cluster"]
        return [*command, f"--wsrep-start-position={self._position()}"]

    def _position(self) -> str:
        """Ask InnoDB how far the node had come, as Debian's galera_recovery does before each start."""
        done = subprocess.run(
            [*self._drop_privileges(), program("mariadbd"), f"--defaults-file={self.folder}/my.cnf", "--wsrep-recover"],
            check=True,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        found = re.findall(r"WSREP: Recovered position:\s*(\S+)", done.stderr)
        return found[-1] if found else f"{NOWHERE}:-1"

    def _drop_privileges(self) -> list[str]:
        return [program("setsid"), *super()._drop_privileges()]

    def _answers(self) -> bool:
        return self.is_synced()


class Galera:
    """Three nodes; the first one founds the cluster."""

    def __init__(self) -> None:
        first = GaleraNode(1)
        self.nodes = (first, *(GaleraNode(number, like=first) for number in range(2, NODES + 1)))
        for node in self.nodes:
            node.addresses = tuple(other.address for other in self.nodes)

    def start(self) -> None:
        """Bring the cluster up, node by node; copies of the first one's data need no transfer of all data."""
        first, *others = self.nodes
        first.founds_cluster = True
        first.start()
        first.founds_cluster = False
        for node in others:
            node.claim(first.status("wsrep_cluster_state_uuid"), first.status("wsrep_last_committed"))
            node.start()

    def new_database(self) -> str:
        """Create an empty database and return its name, from which each node makes its URL."""
        return self.nodes[0].new_database().rpartition("/")[2]

    def whole(self) -> None:
        """Return when all nodes are one cluster and have the same data."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._agrees():
            assert time.monotonic() < deadline, f"the cluster does not become whole; see {self.places()}"
            time.sleep(0.1)

    def _agrees(self) -> bool:
        """Tell whether a write of each node reaches all: what a node says of itself just after a failure is old."""
        try:
            for node in self.nodes:
                node.ask("CREATE DATABASE IF NOT EXISTS agreed")
            views = {(node.status("wsrep_cluster_size"), node.status("wsrep_cluster_conf_id")) for node in self.nodes}
        except ConnectionError:
            return False
        return (
            {size for size, _ in views} == {str(NODES)} and len(views) == 1 and all(n.is_synced() for n in self.nodes)
        )

    def without(self, missing: GaleraNode) -> None:
        """Return when the others have given a node up."""
        others = [node for node in self.nodes if node is not missing]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not all(node.is_synced() and node.status("wsrep_cluster_size") == str(NODES - 1) for node in others):
            assert time.monotonic() < deadline, f"galera-{missing.number} is not given up; see {self.places()}"
            time.sleep(0.1)

    def places(self) -> str:
        """Name the logs."""
        return ", ".join(str(node.log) for node in self.nodes)

    def remove(self) -> None:
        """Stop all nodes and delete their data."""
        for node in self.nodes:
            node.remove()


@pytest.fixture(scope="module")
def galera() -> Iterator[Galera]:
    """Start one cluster for a module: three servers are too many to keep through a whole run."""
    cluster = Galera()
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()
