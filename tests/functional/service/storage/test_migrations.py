"""The schema: made, made again, and made of what the original left."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, inspect, text

from original import database
from original.database import ADOPTED, NOON, WRITTEN
from panko.event import Event, Trait, TraitType
from panko.filters import Comparison, EventFilter, Everything, OwnActs, Page, TraitFilter
from panko.storage import Recorded
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.migrate import Upgrade, UpgradeError, check, newest_revision, upgrade
from panko.storage.sql.preflight import RewriteNeededError
from panko.storage.sql.tables import METADATA
from panko.storage.sql.url import normalise


@pytest.fixture
def original(mariadb):
    """A small database of the original; yields its URL and an engine to look into it."""
    url = mariadb.new_database()
    engine = create_engine(normalise(url))
    database.make(engine)
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
    assert check(empty_database_url).before == newest_revision()
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


def test_a_database_of_a_newer_release_is_left_alone(empty_database_url):
    upgrade(empty_database_url)
    engine = create_engine(normalise(empty_database_url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UpgradeError, match="9999"):
        upgrade(empty_database_url)
    engine.dispose()


def test_what_the_original_writes_into_an_adopted_database_is_served(original):
    url, engine = original
    upgrade(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET sql_mode = 'TRADITIONAL'")
        for statement in database.WRITES:
            connection.exec_driver_sql(statement)
    store = connect(url, ConnectionSettings(pool_size=1))
    for filled in (1, 0):
        assert store.get_events(EventFilter(OwnActs("p1", "u1")), Page(10)) == [ADOPTED, WRITTEN]
        assert store.get_events(EventFilter(OwnActs("p1", "u1"), message_id="old"), Page(1)) == [WRITTEN]
        assert store.get_events(EventFilter(OwnActs("p1", "u2"), message_id="old"), Page(1)) == []
        assert upgrade(url).filled == filled
    assert store.record_events([WRITTEN]) == Recorded(created=0, duplicates=1)
    store.dispose()


def test_the_original_can_delete_from_an_adopted_database(original):
    url, engine = original
    upgrade(url)
    with engine.begin() as connection:
        for statement in database.EXPIRES:
            connection.exec_driver_sql(statement)
    store = connect(url, ConnectionSettings(pool_size=1))
    assert [event.message_id for event in store.get_events(EventFilter(Everything()), Page(10))] == ["def"]
    store.dispose()


def test_big_tables_are_rewritten_only_when_that_is_allowed(original):
    url, engine = original
    before = schema(engine)
    with pytest.raises(RewriteNeededError, match=r"trait_text .*Nothing was changed.*--allow-rewrite"):
        upgrade(url, big_bytes=1)
    assert schema(engine) == before
    assert not inspect(engine).has_table("alembic_version")
    said = []
    assert upgrade(url, big_bytes=1, allow_rewrite=True, report=said.append).filled == 2
    assert "changing the table event" in said
    assert upgrade(url, big_bytes=1) == Upgrade(newest_revision(), newest_revision())


def test_a_check_tells_what_would_be_rewritten_and_changes_nothing(original):
    url, engine = original
    before = schema(engine)
    plan = check(url, big_bytes=1)
    assert (plan.before, plan.after, plan.is_big) == (None, newest_revision(), True)
    assert {rewrite.table for rewrite in plan.rewrites} == {table.name for table in METADATA.sorted_tables}
    assert schema(engine) == before
    upgrade(url)
    assert check(url, big_bytes=1).rewrites == ()


def test_an_index_that_postgresql_left_half_made_is_made_anew(postgresql):
    url = postgresql.new_database()
    upgrade(url)
    engine = create_engine(normalise(url))
    name = "ix_event_owner_generated_message_id"
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))
        connection.execute(text(f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{name}'::regclass"))
    upgrade(url)
    with engine.connect() as connection:
        valid = f"SELECT indisvalid FROM pg_index WHERE indexrelid = '{name}'::regclass"
        assert connection.execute(text(valid)).scalar_one()
    engine.dispose()


def test_writers_go_on_while_indexes_and_copies_are_added(original):
    url, engine = original
    upgrade(url)
    with engine.begin() as connection:
        for name in ("project", "owner"):
            connection.exec_driver_sql(f"ALTER TABLE event DROP INDEX ix_event_{name}_generated_message_id")
        connection.exec_driver_sql("ALTER TABLE event DROP traits, DROP project_hash, DROP owner_hash")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")
    over = threading.Event()

    def write():
        number = 0
        while not over.is_set():
            with engine.begin() as connection:
                connection.exec_driver_sql(
                    f"INSERT INTO event (message_id, `generated`, event_type_id) VALUES ('w{number}', {number}, 3)"
                )
                connection.exec_driver_sql(
                    f"INSERT INTO trait_text (event_id, `key`, value) VALUES (LAST_INSERT_ID(), 'n', '{number}')"
                )
            number += 1
        return number

    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(write)
        try:
            upgrade(url)
        finally:
            over.set()
    store = connect(url, ConnectionSettings(pool_size=1))
    found = store.get_events(EventFilter(Everything()), Page(10_000))
    assert len(found) == written.result() + 2
    assert all(event.traits for event in found if event.message_id.startswith("w"))
    store.dispose()
