"""Backups by the commands of docs/backup.md, on real MariaDB and PostgreSQL: the Panko works on with what they hold."""

import dataclasses
import os
import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest
import sqlalchemy

from event_model import corpus
from panko.filters import EventFilter, Page
from panko.filters.scopes import Everything
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.schema import migrate
from panko_operator.database import marks
from panko_operator.errors import DatabaseNotOursError
from panko_operator.resource.roles import ROLES
from panko_operator.world.values import DatabaseAddress, Login, Owner
from rendering.programs import REPOSITORY

OWNER = Owner("cluster-1", "openstack/panko", "1-2-3")
ELSEWHERE = Owner("cluster-2", "cloud/panko", "4-5-6")
DUMP = {"mysql": "mariadb-dump", "postgresql": "pg_dump"}
RESTORE = {"mysql": "mariadb", "postgresql": "pg_restore"}
EVENTS = 40


@dataclasses.dataclass
class Place:
    """A database on a server, and the accounts of one Panko on it."""

    address: DatabaseAddress
    admin: Login
    servers: object
    workdir: object
    owner: Owner = OWNER
    suffix: str = "backup"

    def login(self, role):
        return Login(f"panko-{role}-{self.suffix}", f"password-of-{role}")

    def provision(self, *, adopt=False):
        """Do what the operator's step does in a pass: database, mark, accounts, privileges."""
        self.servers.ensure_database(self.address, self.admin, self.owner, adopt=adopt)
        for role in ROLES:
            self.servers.ensure_account(self.address, self.admin, self.login(role.name), role=role.name)

    def url(self, role):
        address, login = self.address, self.login(role)
        scheme = {"mysql": "mysql+pymysql", "postgresql": "postgresql"}[address.engine]
        return f"{scheme}://{login.username}:{login.password}@{address.host}:{address.port}/{address.name}"

    def dbsync(self):
        """Run what the schema Job runs, under its account."""
        (self.workdir / "panko.conf").write_text(f"[database]\nconnection = {self.url('schema')}\n")
        argv = [sys.executable, "-m", "panko.cmd.dbsync", "--config-file", self.workdir / "panko.conf"]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def store(self, role):
        return connect(self.url(role), ConnectionSettings(pool_size=1))

    def shell(self, command):
        """Run a command of the documentation, with this place's names in it."""
        address = self.address
        for word, value in (
            ("--host=HOST", f"--host={address.host} --port={address.port}"),
            ("ADMIN", self.admin.username),
            ("DATABASE", address.name),
            (" --password ", " "),  # asks; here the environment answers
        ):
            command = command.replace(word, value)
        passwords = {"MYSQL_PWD": self.admin.password, "PGPASSWORD": self.admin.password}
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.workdir,
            env=os.environ | passwords,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def drop(self):
        self.servers.drop_accounts(self.address, self.admin, [self.login(role.name).username for role in ROLES[1:]])
        self.servers.drop_database(self.address, self.admin)
        self.servers.drop_accounts(self.address, self.admin, [self.login(ROLES[0].name).username])


def documented(program):
    """Return the command of docs/backup.md that begins with a program."""
    text = (REPOSITORY / "docs" / "backup.md").read_text()
    return re.search(rf"^ *({program}[ '].*)$", text, re.MULTILINE).group(1)


def everything(store):
    page = store.get_events(EventFilter(scope=Everything()), Page(limit=1000))
    return {event.message_id: event for event in page}


@pytest.fixture
def place(engine, server, servers, admin, tmp_path):
    """A Panko with events, and a dump of them."""
    place = Place(DatabaseAddress(engine, server.host, server.port, "backed_up"), admin, servers, tmp_path)
    place.provision()
    place.dbsync()
    store = place.store("api")
    store.record_events(corpus.events(EVENTS))
    store.dispose()
    place.shell(documented(DUMP[engine]))
    yield place
    place.drop()


@pytest.fixture
def copy(place):
    """An empty database for another Panko in another cluster, which uses the same server."""
    other = dataclasses.replace(
        place, address=dataclasses.replace(place.address, name="restored"), owner=ELSEWHERE, suffix="copy"
    )
    quote = "`" if place.address.engine == "mysql" else '"'
    with_server = f"CREATE DATABASE {quote}restored{quote}"
    yield other, with_server
    other.drop()


def works(place):
    """Assert that each account can do its work: read all and write, delete, and see to the schema."""
    assert place.dbsync().startswith("Database is at revision")
    api, expirer = place.store("api"), place.store("expirer")
    try:
        assert set(everything(api)) == {event.message_id for event in corpus.events(EVENTS)}
        new = dataclasses.replace(corpus.events(1)[0], message_id="after the restore", generated=datetime.now(UTC))
        assert api.record_events([new]).created == 1
        assert expirer.expire(older_than=datetime(2026, 6, 1, tzinfo=UTC), batch_size=1000) == EVENTS
        assert set(everything(api)) == {"after the restore"}
    finally:
        api.dispose()
        expirer.dispose()


def test_a_dump_goes_back_into_the_database_that_it_is_of(place, engine):
    store = place.store("expirer")
    store.expire(older_than=datetime(2027, 1, 1, tzinfo=UTC), batch_size=10)
    store.dispose()
    place.shell(documented(RESTORE[engine]))
    place.provision()
    works(place)


def test_a_lost_database_comes_back_in_the_empty_one_that_the_operator_has_made(place, engine):
    place.drop()
    place.provision()
    place.dbsync()
    place.shell(documented(RESTORE[engine]))
    place.provision()
    works(place)
    assert place.servers.origin(place.address, place.admin, OWNER) == marks.Origin.CREATED.value


# That of before a table which others depend on is what pg_restore itself refuses to put beside it.
OLDER = {"mysql": "0003", "postgresql": "0005"}


def test_a_dump_of_an_older_release_is_seen_and_its_schema_brought_to_that_of_now(place, engine):
    place.drop()
    place.provision()
    old = sqlalchemy.create_engine(place.url("schema").replace("postgresql:", "postgresql+psycopg:"))
    with old.connect() as connection:
        migrate.bring(connection, OLDER[engine])
        connection.commit()
    old.dispose()
    place.shell(documented(DUMP[engine]))
    place.dbsync()
    left = migrate.newest_revision()
    assert place.servers.has_schema(place.address, place.admin, revision=left)
    place.shell(documented(RESTORE[engine]))
    place.provision()
    assert not place.servers.has_schema(place.address, place.admin, revision=left)
    place.dbsync()
    assert place.servers.has_schema(place.address, place.admin, revision=left)
    place.store("api").dispose()


def test_a_copy_is_another_pankos_when_it_is_given_and_the_mark_is_gone(place, copy, engine, server):
    other, create = copy
    server.execute(create)
    other.shell(documented(RESTORE[engine]))
    with pytest.raises(DatabaseNotOursError) as refused:
        other.provision()
    if engine == "mysql":  # the mark is a table, and came with the dump
        with pytest.raises(DatabaseNotOursError, match=r"DROP TABLE panko_owner;.*spec\.database\.adopt: true"):
            other.provision(adopt=True)
        other.shell(documented(r"mariadb --host=HOST --user=ADMIN --password DATABASE --execute="))
    else:
        assert "spec.database.adopt: true" in str(refused.value)
    other.provision(adopt=True)
    works(other)
    assert other.servers.origin(other.address, other.admin, ELSEWHERE) == marks.Origin.ADOPTED.value
    store = place.store("api")
    assert len(everything(store)) == EVENTS, "those of the first Panko are not touched"
    store.dispose()
