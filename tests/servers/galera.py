"""A real Galera cluster of three on loopback: fixture `galera`."""

from collections.abc import Iterator

import pymysql
import pytest

from servers.database_server import free_port
from servers.mariadb import MariaDB

PROVIDER = "/usr/lib/galera/libgalera_smm.so"
SIZE = 3


class GaleraNode(MariaDB):
    """One node. It finds its cluster by the `group_port` of all nodes."""

    def __init__(self, group_ports: list[int], number: int) -> None:
        self.group_ports = group_ports
        self.group_port = group_ports[number]
        self.sst_port, self.ist_port = free_port(), free_port()
        self.is_first = False
        super().__init__()

    @property
    def options(self) -> tuple[str, ...]:
        provider = {
            "base_port": self.group_port,
            "gmcast.listen_addr": f"tcp://127.0.0.1:{self.group_port}",
            "ist.recv_addr": f"127.0.0.1:{self.ist_port}",
            "gcache.size": "32M",
        }
        members = ",".join(f"127.0.0.1:{port}" for port in self.group_ports)
        return (
            f"--tmpdir={self.folder}",  # a node that starts removes the others' temporary tables from a common one
            "--binlog-format=ROW",
            "--wsrep-on=ON",
            f"--wsrep-provider={PROVIDER}",
            f"--wsrep-provider-options={';'.join(f'{name}={value}' for name, value in provider.items())}",
            f"--wsrep-cluster-address=gcomm://{members}",
            "--wsrep-node-address=127.0.0.1",
            f"--wsrep-sst-receive-address=127.0.0.1:{self.sst_port}",
            "--wsrep-sst-method=mariabackup",
            f"--wsrep-sst-auth={self.admin_username}:{self.admin_password}",
            *(["--wsrep-new-cluster"] if self.is_first else []),
        )

    def _command(self) -> list[str]:
        # The scripts that send and receive data read a file of options, without one of ours the machine's; and they
        # hand InnoDB's options of the command line on to a program that does not know them all.
        settings = "\n".join(option.removeprefix("--") for option in MariaDB.options)
        (self.folder / "my.cnf").write_text(f"[mysqld]\ninnodb-autoinc-lock-mode=2\n{settings}\n")
        own = {"--no-defaults": f"--defaults-file={self.folder}/my.cnf"}
        command = [own.get(part, part) for part in super()._command() if part != "--innodb-fast-shutdown=1"]
        # The accounts of the others come with the data.
        return command if self.is_first else [part for part in command if not part.startswith("--init-file")]

    def _answers(self) -> bool:
        try:
            return self.execute("SHOW STATUS LIKE 'wsrep_local_state_comment'")[0][1] == "Synced"
        except (OSError, pymysql.err.MySQLError):
            return False


class Galera:
    """Three nodes that are one database."""

    def __init__(self) -> None:
        ports = [free_port() for _ in range(SIZE)]
        self.nodes = [GaleraNode(ports, number) for number in range(SIZE)]

    def start(self) -> None:
        """Start the first node, and let the others join it."""
        self.nodes[0].is_first = True
        for node in self.nodes:
            node.start()
        self.nodes[0].is_first = False

    def new_database(self) -> str:
        """Create an empty database and return its name."""
        return self.nodes[0].new_database().rpartition("/")[2]

    def remove(self) -> None:
        """Stop all nodes and delete their data."""
        for node in self.nodes:
            node.remove()


@pytest.fixture(scope="module")
def galera() -> Iterator[Galera]:
    """Start one cluster for a module."""
    cluster = Galera()
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()
