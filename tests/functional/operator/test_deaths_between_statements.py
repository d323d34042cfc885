"""An operator that dies between any two statements of a call: the next one ends as if it had not, and leaves nothing.

The database server is a real one; Kubernetes and Keystone are in memory. `tests/unit/operator/test_crashes.py` is about
deaths between calls.
"""

import dataclasses
import re

import psycopg
import pymysql
import pytest

from fakes.lives import live
from fakes.memory_world import SPEC, MemoryWorld
from fakes.mortal import DiedError
from panko_operator.resource import ROTATE_ANNOTATION

READS = ("SELECT", "SHOW", "SET")
PASSES = 30


class Statements:
    """Counts the statements that write, and kills whoever has sent one of them."""

    def __init__(self):
        self.at = None
        self.sent = []

    def arm(self, at=None):
        self.at, self.sent = at, []

    def __call__(self, words, send):
        if words.split(None, 1)[0].upper() in READS:
            return send()
        answer = send()
        self.sent.append(words)
        if len(self.sent) - 1 == self.at:
            raise DiedError
        return answer


@pytest.fixture
def statements(monkeypatch):
    counter, mysql, postgresql = Statements(), pymysql.cursors.Cursor.execute, psycopg.Connection.execute

    def of_mysql(cursor, query, args=None):
        return counter(query, lambda: mysql(cursor, query, args))

    def of_postgresql(connection, query, *arguments, **options):
        words = query if isinstance(query, str) else query.as_string(connection)
        return counter(words, lambda: postgresql(connection, query, *arguments, **options))

    monkeypatch.setattr(pymysql.cursors.Cursor, "execute", of_mysql)
    monkeypatch.setattr(psycopg.Connection, "execute", of_postgresql)
    return counter


class Life:
    """One Panko from its making to its deletion on a real database server."""

    def __init__(self, servers, engine, server, admin):
        database = {**SPEC["database"], "engine": engine, "host": server.host, "port": server.port}
        spec = {
            **SPEC,
            "publishers": [],
            "database": database,
            "deletionPolicy": {"database": "Delete", "keystone": "Delete"},
        }
        self.memory = MemoryWorld({**spec, "rotation": {"retainPrevious": "1m"}})
        self.memory.kube.put_secret("openstack", "database-admin", username=admin.username, password=admin.password)
        self.world = dataclasses.replace(self.memory.world, database=Tabled(servers))

    def live(self):
        """Let one process do passes until nothing is left to do."""
        live(self.memory, self.world, passes=PASSES)

    def create(self):
        self.live()

    def rotate(self):
        annotations = self.memory.body["metadata"].setdefault("annotations", {})
        annotations[ROTATE_ANNOTATION] = "database"
        self.live()

    def delete(self):
        self.memory.kube.delete_panko(self.memory.body, self.memory.time)
        self.live()


class Tabled:
    """Database servers on which the schema Job has always run: there is no kubelet here."""

    def __init__(self, servers):
        self._servers = servers

    def __getattr__(self, name):
        return getattr(self._servers, name)

    def has_schema(self, *_arguments, **_options):
        return True


STEPS = ("create", "rotate", "delete")


def live_until(life, last):
    for step in STEPS[: STEPS.index(last)]:
        getattr(life, step)()


def held(engine, server, admin):
    """Return the databases, and the accounts by their roles, that are a Panko's."""
    common = {"host": server.host, "port": server.port, "user": admin.username, "password": admin.password}
    if engine == "mysql":
        connection = pymysql.connect(**common)
        queries = "SELECT schema_name FROM information_schema.schemata", "SELECT user FROM mysql.user"
    else:
        connection = psycopg.connect(**common, dbname="postgres")
        queries = "SELECT datname FROM pg_database", "SELECT rolname FROM pg_roles"
    names = []
    with connection, connection.cursor() as cursor:
        for query in queries:
            cursor.execute(query)
            names.extend(row[0] for row in cursor.fetchall())
    return sorted(name for name in names if name.startswith(("panko_openstack", "panko-")))


def of_each_kind(sent):
    """Return where each statement is sent for the first time, whatever it is about: on PostgreSQL there are many."""
    kinds = [re.sub(r"panko[-_\w]+|'[^']*'", "", words) for words in sent]
    return sorted(kinds.index(kind) for kind in set(kinds))


@pytest.mark.parametrize("step", STEPS)
def test_a_death_between_two_statements_changes_nothing_of_the_end(servers, engine, server, admin, statements, step):
    strangers = held(engine, server, admin)

    def live(at=None):
        """Return what there is in the end of a life in which one process dies, and how many statements it sent."""
        life = Life(servers, engine, server, admin)
        live_until(life, step)
        statements.arm(at)
        if at is None:
            getattr(life, step)()
        else:
            with pytest.raises(DiedError):
                getattr(life, step)()
        sent = list(statements.sent)
        statements.arm()
        life.live()
        if step != "delete":
            made = [name for name in held(engine, server, admin) if name not in strangers]
            assert len(made) == 4, made  # a database, and an account for each role
            life.delete()
        assert held(engine, server, admin) == strangers
        return sent

    sent = live()
    print(f"{engine} {step}: {len(sent)} statements that write")
    assert sent
    for at in of_each_kind(sent):
        live(at)
