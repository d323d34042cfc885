"""What is said of each kind of database: how it is connected to, what its sessions begin with, how it keeps values."""

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, inspect, make_url
from sqlalchemy.dialects import mysql as mysql_dialect

from panko.storage.sql import engines
from panko.storage.sql.engines import ENGINES, mysql, postgresql, sqlite
from panko.storage.sql.engines.mysql_driver.literals import Rows
from panko.storage.sql.engines.table_size import TableSize
from panko.storage.sql.rows.tables import EVENT, METADATA, TRAIT_COLUMNS, TRAITS, TraitType
from panko.storage.sql.settings import MAX_PACKET, SCHEMA_CHANGE, ConnectionSettings

SETTINGS = ConnectionSettings(
    recycle_seconds=280,
    connect_timeout_seconds=2,
    read_timeout_seconds=9,
    statement_timeout_seconds=8,
    lock_wait_timeout_seconds=3,
)
NOON = datetime(2026, 11, 22, 12, 0, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", ENGINES)
@given(moment=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])))
def test_an_instant_comes_back_in_utc_to_the_microsecond(name, moment):
    engine = ENGINES[name]
    back = engine.loaded_instant(engine.stored_instant(moment.astimezone(UTC)))
    assert back == moment
    assert back.tzinfo is UTC


def test_an_instant_is_kept_as_the_original_kept_it():
    assert mysql.stored_instant(NOON) == Decimal("1795348800.000001")
    there = NOON.astimezone(timezone(timedelta(hours=5)))
    for engine in (postgresql, sqlite):
        assert engine.stored_instant(there) == datetime(2026, 11, 22, 12, 0, 0, 1)  # noqa: DTZ001 - without a zone


@pytest.mark.parametrize("scheme", ["mysql", "mariadb", "postgres", "postgresql", "sqlite"])
def test_a_url_leads_to_the_kind_that_its_dialect_is_of(scheme):
    engine = engines.of_url(make_url(f"{scheme}://"))
    assert engines.of(make_url(f"{engine.DRIVER}://").get_dialect()()) is engine


def test_a_url_of_another_kind_leads_nowhere():
    with pytest.raises(KeyError, match="oracle"):
        engines.of_url(make_url("oracle://h/d"))


class Server:
    """A MySQL or MariaDB as PyMySQL shows it: it remembers what it is told."""

    def __init__(self, version, **variables):
        self.version, self.variables, self.told = version, variables, []

    def get_server_info(self):
        return self.version

    def cursor(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def execute(self, statement):
        self.told.append(statement)

    def fetchall(self):
        return list(self.variables.items())


class Record:
    def __init__(self):
        self.info = {}


def told(version, settings=SETTINGS, **variables):
    server, record = Server(version, max_allowed_packet="1000", **variables), Record()
    mysql.set_up(settings, server, record)
    assert record.info[MAX_PACKET] == 1000
    return server.told[-1]


@pytest.mark.parametrize(
    ("version", "bounded", "unbounded", "joins"),
    [
        ("10.11.6-MariaDB", "max_statement_time = 8,", "max_statement_time = 0,", "exists_to_in=off"),
        ("8.0.36", "max_execution_time = 8000,", "max_execution_time = 0,", "semijoin=off"),
    ],
)
def test_a_session_of_each_server_is_bounded_strict_and_joins_no_exists(version, bounded, unbounded, joins):
    variables = told(version)
    assert "SESSION sql_mode = 'TRADITIONAL'" in variables
    assert "SESSION innodb_lock_wait_timeout = 3," in variables
    assert "SESSION lock_wait_timeout = 3," in variables
    assert joins in variables
    assert bounded in variables
    assert unbounded in told(version, SCHEMA_CHANGE)


def test_only_a_node_of_a_cluster_waits_for_the_others():
    assert "wsrep_sync_wait = 1" in told("10.11.6-MariaDB", wsrep_on="ON")
    assert "wsrep_sync_wait" not in told("10.11.6-MariaDB", wsrep_on="OFF")
    assert "wsrep_sync_wait" not in told("8.0.36")


def test_a_connection_of_mysql_is_bounded():
    assert mysql.options(make_url("mysql://h/d"), SETTINGS) == {
        "pool_recycle": 280,
        "connect_args": {"connect_timeout": 2, "read_timeout": 9, "write_timeout": 9, "autocommit": True},
    }


def test_a_connection_of_postgresql_is_bounded_and_shows_no_password():
    options = postgresql.options(make_url("postgresql://h/d"), SETTINGS)
    arguments = options["connect_args"]
    for variable in ("statement_timeout=8000", "lock_timeout=3000", "enable_seqscan=off", "enable_hashjoin=off"):
        assert f"-c {variable}" in arguments["options"]
    assert options["isolation_level"] == "READ COMMITTED"
    assert (arguments["connect_timeout"], arguments["tcp_user_timeout"]) == (2, 9000)
    assert arguments["require_auth"] == "!password,!md5"
    assert arguments["prepare_threshold"] is None


def test_what_a_url_says_of_passwords_holds_and_changing_the_schema_is_not_bounded():
    arguments = postgresql.options(make_url("postgresql://h/d?require_auth=md5"), SCHEMA_CHANGE)["connect_args"]
    assert "require_auth" not in arguments
    assert "tcp_user_timeout" not in arguments
    assert "-c statement_timeout=0 " in arguments["options"]


def test_a_database_in_memory_has_one_connection_and_a_file_as_many_as_wanted():
    assert sqlite.options(make_url("sqlite://"), SETTINGS)["pool_size"] == 1
    assert sqlite.options(make_url("sqlite:///:memory:"), SETTINGS)["connect_args"]["check_same_thread"] is False
    assert sqlite.options(make_url("sqlite:////var/lib/panko.sqlite"), SETTINGS) == {"connect_args": {"timeout": 3}}


def test_a_session_of_sqlite_survives_a_loss_of_power_and_keeps_references(tmp_path):
    connection = sqlite3.connect(tmp_path / "panko.sqlite")
    sqlite.set_up(SETTINGS, connection, Record())
    told = [
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys")
    ]
    connection.close()
    assert told == ["wal", 2, 1]


class Connected:
    """A connection to MySQL as PyMySQL gets its statements."""

    dialect = mysql_dialect.dialect()

    def __init__(self):
        self.sent = []

    def exec_driver_sql(self, statement, values=None):
        self.sent.append((statement, values))
        return self

    def one(self):
        return ("Questions", str(10 ** len(self.sent)))


def test_rows_are_handed_to_pymysql_as_literals():
    connection = Connected()
    mysql.insert_rows(connection, TRAITS[TraitType.INTEGER], TRAIT_COLUMNS, [(1, "size", 5, 7), (2, "it's", -5, None)])
    mysql.insert_rows(connection, TRAITS[TraitType.DATETIME], TRAIT_COLUMNS, [(1, "at", NOON, 7), (1, "no", None, 7)])
    assert connection.sent == [
        (
            "INSERT INTO trait_int (event_id, `key`, value, owner) VALUES %s",
            (Rows("(1,'size',5,7),(2,'it\\'s',-5,NULL)"),),
        ),
        (
            "INSERT INTO trait_datetime (event_id, `key`, value, owner) VALUES %s",
            (Rows("(1,'at',1795348800.000001,7),(1,'no',NULL,7)"),),
        ),
    ]


@given(moment=st.datetimes(timezones=st.just(UTC)))
def test_a_moment_has_whole_seconds_in_sqlite(moment):
    connection = sqlite3.connect(":memory:")
    written = sqlite.stored_instant(moment).isoformat(sep=" ", timespec="microseconds")
    (seconds,) = connection.execute(f"SELECT {sqlite.whole_seconds('?')}", (written,)).fetchone()
    connection.close()
    assert seconds == (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


def test_statements_of_others_are_all_without_ones_own():
    assert mysql.statements_of_others(Connected()) == 10 - 100
    assert postgresql.statements_of_others(None) == sqlite.statements_of_others(None) == 0


def test_names_are_weighed_by_the_collation_of_mysql_alone_and_without_padding():
    connection = Connected()
    mysql.weights(connection, ["a ", "b"])
    ((statement, values),) = connection.sent
    assert statement.count("COLLATE utf8mb4_general_ci") == 2
    assert values == ("a", "b")
    assert postgresql.weights(None, ["a "]) == sqlite.weights(None, ["a "]) == ["a "]


def test_an_id_is_counted_up_by_sqlite_and_has_64_bits_elsewhere():
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with engine.connect() as connection:
        assert str(inspect(connection).get_columns("event")[0]["type"]) == "INTEGER"
    engine.dispose()
    assert EVENT.c.id.type.compile(mysql_dialect.dialect()) == "BIGINT"


@pytest.mark.parametrize(
    ("told", "size"), [((10.0, 5), TableSize(10, 5)), ((-1.0, 5), TableSize(0, 5)), ((None, None), TableSize(0, 0))]
)
def test_what_a_database_has_not_counted_is_nothing(told, size):
    assert TableSize.of(*told) == size
