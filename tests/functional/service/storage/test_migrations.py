"""The schema: made, made again, and made of what the original left."""

import dataclasses
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, create_engine, event, inspect, select, text

from event_model.asked import asked_by_v2
from event_model.stores import opened
from original import database
from original.database import ADOPTED, NOON, WRITTEN
from original.dump import DUMPS, load
from panko.api.messages import serialize
from panko.event import Event, Trait, TraitType
from panko.filters import (
    Comparison,
    EventFilter,
    Everything,
    OwnActs,
    Page,
    ProjectAndOwnerless,
    TraitFilter,
    WholeProject,
)
from panko.storage import Recorded
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.rows import owners
from panko.storage.sql.rows.tables import EVENT, METADATA, TRAITS, by_value
from panko.storage.sql.schema import trait_owners
from panko.storage.sql.schema.migrate import Upgrade, UpgradeError, check, newest_revision, upgrade
from panko.storage.sql.schema.migrations.versions import r0004_trait_names
from panko.storage.sql.schema.preflight import RewriteNeededError
from panko.storage.sql.session.url import normalise

FIRST = OwnActs("5c1d7f3a9e0b4c6d8f2a1b3c5d7e9f01", "0a1b2c3d4e5f60718293a4b5c6d7e8f9")
SECOND = OwnActs("c0ffee00c0ffee00c0ffee00c0ffee00", "beefbeefbeefbeefbeefbeefbeefbeef")
LAUNCHED = datetime(2020, 11, 22, 12, 0, 7, 500_000, tzinfo=UTC)
VOLUMES = [f"1f0e7a6c-000{number}-4c7b-9a52-6a5c1d1e000{number}" for number in (6, 7, 8)]
# What is asked of a dump, and the message_ids of the answer.
FOUND = {
    asked_by_v2(FIRST, event_type="image.upload"): ["traits-dtype-none", "owner-under-dtype-none"],
    EventFilter(SECOND): [VOLUMES[0], "same-instant-a"],
    EventFilter(WholeProject(SECOND.project_id)): [*VOLUMES[:2], "same-instant-a"],
    asked_by_v2(ProjectAndOwnerless(SECOND.project_id), event_type="volume.create.end"): VOLUMES,
    asked_by_v2(SECOND, traits=(TraitFilter("display_name", TraitType.TEXT, Comparison.EQ, "Ünïcode ☃"),)): VOLUMES[:1],
    asked_by_v2(Everything(), traits=(TraitFilter("size", TraitType.INTEGER, Comparison.GE, 6),)): [
        VOLUMES[1],
        "traits-same-name-two-types",
        "traits-same-name-all-types",
    ],
    asked_by_v2(Everything(), traits=(TraitFilter("tenth", TraitType.FLOAT, Comparison.EQ, 0.1),)): ["floats"],
    asked_by_v2(Everything(), traits=(TraitFilter("launched_at", TraitType.DATETIME, Comparison.EQ, LAUNCHED),)): [
        "1f0e7a6c-0004-4c7b-9a52-6a5c1d1e0004",
        "1f0e7a6c-0005-4c7b-9a52-6a5c1d1e0005",
    ],
}


@pytest.fixture
def original(mariadb):
    """A small database of the original; yields its URL and an engine to look into it."""
    url = mariadb.new_database()
    engine = create_engine(normalise(url))
    database.make(engine)
    yield url, engine
    engine.dispose()


each_dump = pytest.mark.parametrize(
    ("new_database", "dump"), [(dump.engine, dump) for dump in DUMPS], ids=map(str, DUMPS), indirect=["new_database"]
)


@pytest.fixture
def dumped(dump, new_database):
    """What a release of the original left; yields its URL and an engine to look into it."""
    url = new_database()
    load(url, dump.sql())
    engine = create_engine(normalise(url))
    yield url, engine
    engine.dispose()


def rows(engine):
    with engine.connect() as connection:
        return {table.name: connection.execute(table.select()).all() for table in METADATA.sorted_tables}


def kind(type_):
    """SQLite's FLOAT and DOUBLE are the same to it; the original said FLOAT."""
    return repr(type_).replace("DOUBLE()", "FLOAT()")


def schema(engine):
    """All that the inspector tells, in a form that can be compared."""
    looked = inspect(engine)
    return {
        table: {
            "columns": {
                column["name"]: (kind(column["type"]), column["nullable"], column["default"])
                for column in looked.get_columns(table)
            },
            "unique": {one["name"]: one["column_names"] for one in looked.get_unique_constraints(table)},
            "indexes": {index["name"]: index["column_names"] for index in looked.get_indexes(table)},
            "primary key": looked.get_pk_constraint(table)["constrained_columns"],
            "foreign keys": [
                (key["constrained_columns"], key["referred_table"]) for key in looked.get_foreign_keys(table)
            ],
        }
        for table in sorted(looked.get_table_names())
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


@each_dump
def test_every_event_that_the_original_was_given_is_served_whole(dump, dumped):
    url, _engine = dumped
    assert upgrade(url) == Upgrade(None, newest_revision(), filled=len(dump.events()))
    with opened(url) as store:
        assert store.get_events(EventFilter(Everything()), Page(100)) == dump.events()
        for event in dump.events():
            assert store.get_events(asked_by_v2(Everything(), message_id=event.message_id), Page(2)) == [event]


@each_dump
def test_what_only_the_original_took_is_served_too(dump, dumped):
    url, engine = dumped
    infinite = {"sqlite": "9e999", "postgresql": "'Infinity'"}.get(engine.dialect.name)  # MariaDB has no such number
    with engine.begin() as connection:
        if infinite:
            connection.execute(text(f"UPDATE trait_float SET value = {infinite} WHERE key = 'tenth'"))
        connection.execute(text("UPDATE event SET generated = NULL WHERE message_id = 'floats'"))
    upgrade(url)
    with opened(url) as store:
        (event,) = store.get_events(asked_by_v2(Everything(), message_id="floats"), Page(2))
        assert event in store.get_events(EventFilter(Everything()), Page(100))
    shown = json.loads(b"".join(serialize.events([event])))[0]
    assert shown["generated"] is None
    values = {trait["name"]: trait["value"] for trait in shown["traits"]}
    assert values["tenth"] == ("inf" if infinite else "0.1")


@each_dump
def test_events_of_the_original_are_found_by_owner_type_and_trait(dump, dumped):
    url, _engine = dumped
    upgrade(url)
    with opened(url) as store:
        for wanted, message_ids in FOUND.items():
            assert [event.message_id for event in store.get_events(wanted, Page(100))] == message_ids
        assert set(store.get_event_types()) == {event.event_type for event in dump.events()}


@each_dump
def test_events_of_the_original_are_known_when_they_are_sent_again(dump, dumped):
    url, _engine = dumped
    upgrade(url)
    traits = (Trait("n", TraitType.INTEGER, 2**62), Trait("t", TraitType.TEXT, "😀"))
    new = Event("TRAITS-NONE", "Image.Upload", NOON, traits, {"😀": 1})
    with opened(url) as store:
        assert store.record_events([*dump.events(), new]) == Recorded(created=1, duplicates=len(dump.events()))
        assert store.get_events(asked_by_v2(Everything(), message_id=new.message_id), Page(2)) == [new]


@each_dump
def test_an_adopted_database_has_the_same_schema_as_a_new_one(dumped, new_database):
    url, engine = dumped
    upgrade(url)
    fresh = new_database()
    upgrade(fresh)
    fresh_engine = create_engine(normalise(fresh))
    assert schema(engine) == schema(fresh_engine)
    assert check(url).before == check(fresh).before
    fresh_engine.dispose()


@each_dump
def test_a_second_upgrade_of_an_adopted_database_changes_nothing(dumped):
    url, engine = dumped
    upgrade(url)
    before = schema(engine), rows(engine)
    assert upgrade(url) == Upgrade(newest_revision(), newest_revision(), filled=0)
    assert (schema(engine), rows(engine)) == before


def test_names_and_text_of_the_original_still_compare_without_regard_to_case(original):
    url, _engine = original
    upgrade(url)
    named = TraitFilter("NAME", TraitType.TEXT, Comparison.EQ, "ünïcode")
    with opened(url) as store:
        assert store.get_events(asked_by_v2(OwnActs("p1", "u1"), traits=(named,)), Page(10)) == [ADOPTED]


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
        connection.execute(text("UPDATE schema_floor SET revision = '9999'"))
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
        assert store.get_events(asked_by_v2(OwnActs("p1", "u1"), message_id="old"), Page(1)) == [WRITTEN]
        assert store.get_events(asked_by_v2(OwnActs("p1", "u2"), message_id="old"), Page(1)) == []
        assert set(store.get_trait_types(WRITTEN.event_type)) == {(one.name, one.type) for one in WRITTEN.traits}
        assert upgrade(url).filled == filled
    assert store.record_events([WRITTEN]) == Recorded(created=0, duplicates=1)
    store.dispose()


@pytest.mark.parametrize("is_half_done", [False, True])
def test_names_of_traits_that_an_earlier_release_stored_are_collected(new_database, is_half_done):
    url = new_database()
    upgrade(url)
    store = connect(url, ConnectionSettings(pool_size=1))
    store.record_events([WRITTEN])
    engine = create_engine(normalise(url))
    indexes = schema(engine)["event_type_trait"]["indexes"]
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE event_type_trait"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0003'"))
        if is_half_done:
            r0004_trait_names.table().create(connection)
    upgrade(url)
    assert schema(engine)["event_type_trait"]["indexes"] == indexes
    engine.dispose()
    assert set(store.get_trait_types(WRITTEN.event_type)) == {(one.name, one.type) for one in WRITTEN.traits}
    store.dispose()


def before_owners_of_traits(engine, *, is_half_done):
    """Make a database what the release before this revision left of it, or what an interrupted upgrade did."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0004'"))
        connection.execute(text("ALTER TABLE event DROP COLUMN writer"))
        for table in TRAITS.values():
            name = f"ix_{table.name}_key_value_event_id"
            keys = ", ".join(engine.dialect.identifier_preparer.quote(each) for each in ("key", "value", "event_id"))
            connection.execute(text(f"CREATE INDEX {name} ON {table.name} ({keys})"))
            if is_half_done:
                connection.execute(table.update().where(table.c.event_id % 2 == 0).values(owner=None))
                continue
            on = f" ON {table.name}" if engine.dialect.name == "mysql" else ""
            connection.execute(text(f"DROP INDEX {by_value(table.name)}{on}"))
            connection.execute(text(f"ALTER TABLE {table.name} DROP COLUMN owner"))


def owners_of_traits(engine):
    """Return the owners that stand beside the traits of each event, and those that should."""
    with engine.connect() as connection:
        noted = {}
        for table in TRAITS.values():
            for message_id, owner in connection.execute(
                select(EVENT.c.message_id, table.c.owner).join(table, table.c.event_id == EVENT.c.id)
            ):
                noted.setdefault(message_id, set()).add(owner)
        columns = (EVENT.c.message_id, EVENT.c.project_hash, EVENT.c.owner_hash)
        right = {
            message_id: {owners.of_traits(*hashes)} for message_id, *hashes in connection.execute(select(*columns))
        }
    return noted, {message_id: right[message_id] for message_id in noted}


MINE = OwnActs("p1", "u1")
OWNED = [
    Event(
        f"of-{project}-{user}",
        "t",
        NOON,
        (*traits, Trait("name", TraitType.TEXT, "vm"), Trait("n", TraitType.INTEGER, 7)),
    )
    for project, user, traits in (
        ("p1", "u1", (Trait("project_id", TraitType.TEXT, "p1"), Trait("user_id", TraitType.TEXT, "u1"))),
        ("p1", "u2", (Trait("project_id", TraitType.TEXT, "p1"), Trait("user_id", TraitType.TEXT, "u2"))),
        ("p1", None, (Trait("project_id", TraitType.TEXT, "p1"),)),
        (None, "u1", (Trait("user_id", TraitType.TEXT, "u1"),)),
        (None, None, ()),
    )
]
NAMED_VM = (TraitFilter("name", TraitType.TEXT, Comparison.EQ, "vm"),)


def found_by_trait(store):
    """Return who finds what by a trait, as a member and as a reader of the project."""
    return [
        {event.message_id for event in store.get_events(asked_by_v2(scope, traits=NAMED_VM), Page(10))}
        for scope in (MINE, WholeProject("p1"))
    ]


@pytest.mark.parametrize("is_half_done", [False, True])
def test_traits_that_an_earlier_release_stored_get_their_owners(new_database, is_half_done):
    url = new_database()
    upgrade(url)
    engine = create_engine(normalise(url))
    made = schema(engine)
    with opened(url) as store:
        store.record_events(OWNED)
    before_owners_of_traits(engine, is_half_done=is_half_done)
    said = []
    upgrade(url, report=said.append)
    assert schema(engine) == made
    noted, right = owners_of_traits(engine)
    assert noted == right
    assert len(set(map(frozenset, noted.values()))) == 4  # two are nobody's
    before = rows(engine)
    upgrade(url)
    assert rows(engine) == before
    with opened(url) as store:
        assert found_by_trait(store) == [{"of-p1-u1"}, {"of-p1-u1", "of-p1-u2", "of-p1-None"}]
    engine.dispose()


def test_an_upgrade_that_breaks_off_leaves_no_event_with_owners_beside_some_of_its_traits(new_database, monkeypatch):
    url = new_database()
    upgrade(url)
    engine = create_engine(normalise(url))
    with opened(url) as store:
        store.record_events(OWNED)
    before_owners_of_traits(engine, is_half_done=False)
    changed = []

    def update(table):
        if changed:
            raise RuntimeError("killed")
        changed.append(table)
        return real(table)

    real = trait_owners.update
    monkeypatch.setattr(trait_owners, "update", update)
    with pytest.raises(RuntimeError, match="killed"):
        upgrade(url)
    monkeypatch.undo()
    if engine.dialect.name != "sqlite":  # where the columns went too
        assert set(map(frozenset, owners_of_traits(engine)[0].values())) == {frozenset({None})}
    upgrade(url)
    noted, right = owners_of_traits(engine)
    assert noted == right
    engine.dispose()


def test_what_an_earlier_release_goes_on_writing_is_found_and_gets_its_owners_later(new_database):
    url = new_database()
    upgrade(url)
    engine = create_engine(normalise(url))
    with opened(url) as store:
        store.record_events(OWNED)
        with engine.begin() as connection:
            for table in TRAITS.values():
                connection.execute(table.update().values(owner=None))
        expected = [{"of-p1-u1"}, {"of-p1-u1", "of-p1-u2", "of-p1-None"}]
        assert found_by_trait(store) == expected
        store.record_events([dataclasses.replace(OWNED[0], message_id="newer")])
        expected = [found | {"newer"} for found in expected]
        assert found_by_trait(store) == expected
        assert upgrade(url).filled == 0
        assert found_by_trait(store) == expected
    noted, right = owners_of_traits(engine)
    assert {message_id: noted[message_id] for message_id in noted if message_id != "of-None-None"} == {
        message_id: right[message_id] for message_id in right if message_id != "of-None-None"
    }
    engine.dispose()


def test_the_index_over_values_is_there_while_it_is_made_anew(original):
    """Whoever filters by a trait meanwhile is as quick as before: the old index goes after the new one has come."""
    url, engine = original
    upgrade(url)
    before_owners_of_traits(engine, is_half_done=False)
    seen = []

    def remember(_connection, _cursor, statement, *_):
        if "_key_value_" in statement and statement.startswith("ALTER TABLE trait_text"):
            seen.append(statement.split()[3])

    event.listen(Engine, "before_cursor_execute", remember)
    try:
        upgrade(url)
    finally:
        event.remove(Engine, "before_cursor_execute", remember)
    assert seen == ["ADD", "DROP"]


def test_the_original_can_delete_from_an_adopted_database(original):
    url, engine = original
    upgrade(url)
    store = connect(url, ConnectionSettings(pool_size=1))
    store.record_events([WRITTEN])
    with engine.begin() as connection:
        ids = connection.exec_driver_sql("SELECT id FROM event WHERE message_id <> 'def'").scalars().all()
        for statement in database.expires(ids):
            connection.exec_driver_sql(statement)
    assert [event.message_id for event in store.get_events(EventFilter(Everything()), Page(10))] == ["def"]
    assert list(store.get_event_types()) == [ADOPTED.event_type]
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
    assert {rewrite.table for rewrite in plan.rewrites} == set(before)
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
        connection.exec_driver_sql("ALTER TABLE event DROP traits, DROP packed, DROP project_hash, DROP owner_hash")
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
    found = store.get_events(EventFilter(Everything()), Page(10**6))
    assert len(found) == written.result() + 2
    assert all(event.traits for event in found if event.message_id.startswith("w"))
    store.dispose()
