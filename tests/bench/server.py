"""The MariaDB of the benchmark: its events are made once and kept in the user's cache."""

import hashlib
import os
import pwd
import shutil
import signal
import sys
from pathlib import Path

from bench import population
from bench.loading import load
from bench.population import Population
from panko.storage.sql.rows import encode, owners, tables, trait_copy
from panko.storage.sql.rows.shapes import shape
from panko.storage.sql.schema import migrate
from panko.storage.sql.writing import trait_names
from servers.mariadb import MariaDB

CACHE = Path.home() / ".cache" / "panko" / "bench"
DATABASE = "bench"


class BenchMariaDB(MariaDB):
    """A server whose cache holds all events, and which is as durable as in production."""

    user = pwd.getpwuid(os.geteuid()).pw_name
    options = (
        "--innodb-buffer-pool-size=2G",
        "--innodb-log-file-size=512M",
        "--innodb-flush-log-at-trx-commit=1",
        "--innodb-purge-threads=1",  # see docs/retention.md
        "--local-infile=ON",
    )

    def _stop_signal(self):
        return signal.SIGTERM

    @property
    def events_url(self):
        return self.url(DATABASE)


def filled(events: int) -> BenchMariaDB:
    """Start a server with that many events; make them when no earlier run has."""
    folder = CACHE / f"{_digest()}-{events}"
    for old in CACHE.glob(f"*-{events}"):
        if old != folder:
            shutil.rmtree(old)
    if (folder / "complete").exists():
        server = BenchMariaDB(folder)
        server.start()
        return server
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    server = BenchMariaDB(folder)
    server.start()
    print(f"making {events} events in {folder}", file=sys.stderr, flush=True)
    server.execute(f"CREATE DATABASE {DATABASE}")
    migrate.upgrade(server.events_url)
    load(server.events_url, Population(events))
    server.execute(f"ANALYZE TABLE {', '.join(f'{DATABASE}.{table}' for table in TABLES)}")
    (folder / "complete").touch()
    return server


def configuration(url: str) -> str:
    """Return a panko.conf for two workers."""
    return f"[api]\nauth_strategy = noauth\nhost = 127.0.0.1\nworkers = 2\n[database]\nconnection = {url}\n"


TABLES = (
    "event_type",
    "event_type_trait",
    "trait_shape",
    "event",
    "trait_text",
    "trait_int",
    "trait_float",
    "trait_datetime",
)


def _digest() -> str:
    """Return what changes when other data would be made."""
    sources = [
        Path(str(module.__file__)).read_bytes()
        for module in (population, tables, encode, trait_copy, shape, owners, trait_names)
    ]
    return hashlib.sha256(b"".join(sources)).hexdigest()[:12]
