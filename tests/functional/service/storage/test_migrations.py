"""The schema: made, made again, and made of what the original left."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import create_engine, inspect, text

from panko.event import Event, Trait, TraitType
from panko.filters import Comparison, EventFilter, Everything, OwnActs, Page, TraitFilter
from panko.storage import Recorded
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.migrate import Upgrade, UpgradeError, newest_revision, upgrade
from panko.storage.sql.tables import METADATA
from panko.storage.sql.url import normalise

NOON = datetime(2020, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
SECONDS = Decimal("1606046400.123456")

# As the last release of the original made them on MariaDB 10.11, with the trait_int of a database from before Pike.
ORIGINAL = """
CREATE TABLE event_type (id INTEGER NOT NULL AUTO_INCREMENT, `desc` VARCHAR(255), PRIMARY KEY (id), UNIQUE (`desc`));
CREATE TABLE event (id INTEGER NOT NULL AUTO_INCREMENT, message_id VARCHAR(50), `generated` DECIMAL(20, 6), raw TEXT,
    event_type_id INTEGER, PRIMARY KEY (id), UNIQUE (message_id), KEY ix_event_message_id (message_id),
    KEY ix_event_type_id (event_type_id), KEY ix_event_generated (`generated`),
    FOREIGN KEY (event_type_id) REFERENCES event_type (id));
CREATE TABLE trait_text (event_id INTEGER NOT NULL, `key` VARCHAR(255) NOT NULL, value VARCHAR(255),
    PRIMARY KEY (event_id, `key`), KEY ix_trait_text_event_id_key (event_id, `key`),
    FOREIGN KEY (event_id) REFERENCES event (id));
CREATE TABLE trait_int (event_id INTEGER NOT NULL, `key` VARCHAR(255) NOT NULL, value INTEGER,
    PRIMARY KEY (event_id, `key`), KEY ix_trait_int_event_id_key (event_id, `key`),
    FOREIGN KEY (event_id) REFERENCES event (id));
CREATE TABLE trait_float (event_id INTEGER NOT NULL, `key` VARCHAR(255) NOT NULL, value DOUBLE,
    PRIMARY KEY (event_id, `key`), KEY ix_trait_float_event_id_key (event_id, `key`),
    FOREIGN KEY (event_id) REFERENCES event (id));
CREATE TABLE trait_datetime (event_id INTEGER NOT NULL, `key` VARCHAR(255) NOT NULL, value DECIMAL(20, 6),
    PRIMARY KEY (event_id, `key`), KEY ix_trait_datetime_event_id_key (event_id, `key`),
    FOREIGN KEY (event_id) REFERENCES event (id))
"""
RAW = json.dumps({"snow": "☃"}).replace("\\", "\\\\")  # SQL takes a backslash away
ROWS = (
    "INSERT INTO event_type (id, `desc`) VALUES (3, 'compute.instance.create.end')",
    f"INSERT INTO event VALUES (7, 'abc', {SECONDS}, '{RAW}', 3), (8, 'def', {SECONDS}, NULL, 3)",
    "INSERT INTO trait_text VALUES (7, 'project_id', 'p1'), (7, 'user_id', 'u1'), (7, 'name', 'Ünïcode')",
    "INSERT INTO trait_int VALUES (7, 'memory_mb', 512)",
    "INSERT INTO trait_float VALUES (7, 'elapsed', 0.1)",
    f"INSERT INTO trait_datetime VALUES (7, 'launched_at', {SECONDS})",
)
ADOPTED = Event(
    "abc",
    "compute.instance.create.end",
    NOON,
    (
        Trait("elapsed", TraitType.FLOAT, 0.1),
        Trait("launched_at", TraitType.DATETIME, NOON),
        Trait("memory_mb", TraitType.INTEGER, 512),
        Trait("name", TraitType.TEXT, "Ünïcode"),
        Trait("project_id", TraitType.TEXT, "p1"),
        Trait("user_id", TraitType.TEXT, "u1"),
    ),
    {"snow": "☃"},
)


@pytest.fixture
def original(mariadb):
    """A small database of the original; yields its URL and an engine to look into it."""
    url = mariadb.new_database()
    engine = create_engine(normalise(url))
    with engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {engine.url.database} CHARACTER SET utf8mb3")
    with engine.begin() as connection:
        for statement in (*ORIGINAL.split(";"), *ROWS):
            connection.exec_driver_sql(statement)
    yield url, engine
    engine.dispose()


def schema(engine):
    """All that the inspector tells, in a form that can be compared."""
    looked = inspect(engine)
    return {
        table: {
            "columns": {column["name"]: repr(column["type"]) for column in looked.get_columns(table)},
            "indexes": {index["name"]: index["column_names"] for index in looked.get_indexes(table)},
            "primary key": looked.get_pk_constraint(table)["constrained_columns"],
            "foreign keys": [
                (key["constrained_columns"], key["referred_table"]) for key in looked.get_foreign_keys(table)
            ],
        }
        for table in sorted(table.name for table in METADATA.sorted_tables)
    }


def test_an_empty_database_is_brought_to_the_newest_revision_once(empty_database_url):
    assert upgrade(empty_database_url) == Upgrade(None, newest_revision())
    assert upgrade(empty_database_url) == Upgrade(newest_revision(), newest_revision())


def test_every_table_column_and_index_that_statements_use_is_there(inspector_engine):
    made = schema(inspector_engine)
    for table in METADATA.sorted_tables:
        assert set(made[table.name]["columns"]) == set(table.c.keys())
        assert {index.name for index in table.indexes} <= set(made[table.name]["indexes"])
        assert made[table.name]["primary key"] == [column.name for column in table.primary_key]


def test_upgrades_that_start_at_once_do_the_work_once(empty_database_url):
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(upgrade, [empty_database_url] * 3))
    assert sorted(one.before is None for one in done) == [False, False, True]


def test_a_database_of_the_original_keeps_its_events(original):
    url, _engine = original
    upgrade(url)
    store = connect(url, ConnectionSettings(pool_size=1))
    first, second = store.get_events(EventFilter(Everything()), Page(10))
    assert first == ADOPTED
    assert (second.message_id, second.traits, second.raw) == ("def", (), None)
    named = TraitFilter("NAME", TraitType.TEXT, Comparison.EQ, "ünïcode")
    assert store.get_events(EventFilter(OwnActs("p1", "u1"), traits=(named,)), Page(10)) == [first]
    assert store.record_events([ADOPTED]) == Recorded(created=0, duplicates=1)
    new = Event("ABC", "compute.😀", NOON, (Trait("n", TraitType.INTEGER, 2**62), Trait("t", TraitType.TEXT, "😀")))
    assert store.record_events([new]) == Recorded(created=1, duplicates=0)
    store.dispose()


def test_an_adopted_database_has_the_same_schema_as_a_new_one(original, mariadb):
    url, engine = original
    upgrade(url)
    fresh = mariadb.new_database()
    upgrade(fresh)
    fresh_engine = create_engine(normalise(fresh))
    assert schema(engine) == schema(fresh_engine)
    fresh_engine.dispose()


def test_an_interrupted_upgrade_goes_on_where_it_stopped(original):
    url, engine = original
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "ALTER TABLE trait_int DROP FOREIGN KEY trait_int_ibfk_1, DROP INDEX ix_trait_int_event_id_key"
        )
        connection.exec_driver_sql(
            "ALTER TABLE event ADD INDEX ix_event_generated_message_id (`generated`, message_id)"
        )
    upgrade(url)
    store = connect(url, ConnectionSettings(pool_size=1))
    assert store.get_events(EventFilter(Everything()), Page(1)) == [ADOPTED]
    store.dispose()


def test_the_original_can_still_write_into_an_adopted_database(original):
    url, engine = original
    upgrade(url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO event (message_id, `generated`, event_type_id) VALUES ('old', 1, 3)"))
        connection.execute(
            text("INSERT INTO trait_int (event_id, `key`, value) SELECT id, 'n', 5 FROM event WHERE message_id = 'old'")
        )
    store = connect(url, ConnectionSettings(pool_size=1))
    (found,) = store.get_events(EventFilter(Everything(), message_id="old"), Page(1))
    assert found.traits == (Trait("n", TraitType.INTEGER, 5),)
    store.dispose()


def test_a_database_of_a_newer_release_is_left_alone(empty_database_url):
    upgrade(empty_database_url)
    engine = create_engine(normalise(empty_database_url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UpgradeError, match="9999"):
        upgrade(empty_database_url)
    engine.dispose()
