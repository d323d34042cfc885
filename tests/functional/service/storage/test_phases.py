"""An upgrade in two parts: what the release before can live with, and the rest once nothing of it is left."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, inspect, text

from event_model.asked import asked_by_v2
from event_model.settling import Settled
from original.dump import DUMPS, load
from original.reading import answers
from original.writing import WRITERS
from panko.event import Event, Trait, TraitType
from panko.filters import EventFilter, Everything, Page
from panko.filters.counting import Grouping, Keys
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.rows.tables import EVENT, EVENT_COUNT, TRAITS
from panko.storage.sql.schema import floor, history, migrate
from panko.storage.sql.schema.history import History, Phase
from panko.storage.sql.schema.migrate import SchemaNewerError, UpgradeError, bring, newest_revision, upgrade
from panko.storage.sql.schema.presence import TablesMissingError
from panko.storage.sql.session.url import normalise

KNOWN = history.known()
BEFORE = "0006"  # of the release before
OLD_INDEX, OF_TABLE = "ix_event_type_trait_day", "event_type_trait"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
WRITTEN = {
    "message_id": "late",
    "event_type": "old.volume.create",
    "generated": None,
    "traits": [("project_id", 1, "p1"), ("size", 2, 5)],
    "raw": {},
}

each_dump = pytest.mark.parametrize(
    ("new_database", "dump"), [(dump.engine, dump) for dump in DUMPS], ids=map(str, DUMPS), indirect=["new_database"]
)


@pytest.fixture
def database(empty_database_url):
    """An empty database: its URL and an engine to look into it."""
    engine = create_engine(normalise(empty_database_url))
    yield empty_database_url, engine
    engine.dispose()


def revision(engine):
    with engine.connect() as connection:
        return floor.current(connection)


def set_revision(engine, number):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :number"), {"number": number})


def indexes(engine, table):
    """Return the columns of everything by which rows are found, by name."""
    looked = inspect(engine)
    found = {index["name"]: index["column_names"] for index in looked.get_indexes(table)}
    found |= {one["name"]: one["column_names"] for one in looked.get_unique_constraints(table)}
    return found | {"primary key": looked.get_pk_constraint(table)["constrained_columns"]}


def expand_to(engine, target):
    with engine.connect() as connection, connection.begin():
        bring(connection, target)


def at_revision(engine, target):
    """Make an empty schema of an earlier revision."""
    if engine.dialect.name == "sqlite":
        expand_to(engine, target)
        return
    with engine.connect() as connection:
        bring(connection, target)
        connection.commit()


def test_a_new_database_is_contracted_by_construction(database):
    url, engine = database
    done = upgrade(url, phase=Phase.EXPAND)
    assert (done.after, done.contract_due) == (newest_revision(), False)
    assert OLD_INDEX not in indexes(engine, OF_TABLE)
    assert upgrade(url, phase=Phase.EXPAND).contract_due is False


def test_a_database_of_the_revision_before_is_expanded_and_then_contracted(database):
    url, engine = database
    at_revision(engine, BEFORE)
    done = upgrade(url, phase=Phase.EXPAND)
    assert (done.before, done.after, done.contract_due) == (BEFORE, KNOWN.expanded, True)
    assert OLD_INDEX in indexes(engine, OF_TABLE)
    again = upgrade(url, phase=Phase.EXPAND)
    assert (again.after, again.contract_due) == (KNOWN.expanded, True)
    done = upgrade(url, phase=Phase.CONTRACT)
    assert (done.before, done.after, done.contract_due) == (KNOWN.expanded, newest_revision(), False)
    assert OLD_INDEX not in indexes(engine, OF_TABLE)
    assert upgrade(url, phase=Phase.CONTRACT).before == newest_revision()
    assert upgrade(url, phase=Phase.EXPAND).contract_due is False


def test_nothing_is_contracted_that_is_not_expanded(database):
    url, engine = database
    at_revision(engine, BEFORE)
    with pytest.raises(UpgradeError, match=rf"revision {BEFORE} .*--expand"):
        upgrade(url, phase=Phase.CONTRACT)
    assert revision(engine) == BEFORE


def test_the_parts_come_to_the_same_as_the_whole(new_database):
    urls = new_database(), new_database()
    engines = [create_engine(normalise(url)) for url in urls]
    for engine in engines:
        at_revision(engine, BEFORE)
    upgrade(urls[0])
    upgrade(urls[1], phase=Phase.EXPAND)
    upgrade(urls[1], phase=Phase.CONTRACT)
    assert revision(engines[0]) == revision(engines[1])
    for table in inspect(engines[0]).get_table_names():
        assert indexes(engines[0], table) == indexes(engines[1], table)
    for engine in engines:
        engine.dispose()


@each_dump
def test_the_release_before_reads_and_writes_an_expanded_schema_as_before(dump, new_database):
    url = new_database()
    load(url, dump.sql())
    engine = create_engine(normalise(url))
    before = answers(engine)
    assert any(any(rows) for rows in before.values())
    assert upgrade(url, phase=Phase.EXPAND).contract_due
    assert answers(engine) == before
    for number, writer in enumerate(WRITERS):
        assert writer.record(engine, WRITTEN | {"message_id": f"late-{number}"})
    upgrade(url, phase=Phase.CONTRACT)
    store = connect(url, ConnectionSettings(pool_size=1))
    served = {event.message_id for event in store.get_events(EventFilter(Everything()), Page(1000))}
    store.dispose()
    engine.dispose()
    assert {f"late-{number}" for number in range(len(WRITERS))} <= served


def test_what_old_writers_left_out_between_the_parts_is_filled_by_the_second(database):
    url, engine = database
    at_revision(engine, BEFORE)
    upgrade(url, phase=Phase.EXPAND)
    for writer in WRITERS:
        writer.record(engine, WRITTEN | {"message_id": str(writer)})
    store = connect(url, ConnectionSettings(pool_size=1))
    event = store.get_events(EventFilter(Everything()), Page(1))[0]
    store.dispose()
    upgrade(url, phase=Phase.CONTRACT)
    with engine.connect() as connection:
        assert connection.execute(EVENT.select().where(EVENT.c.owner_hash.is_(None))).all() == []
        for table in TRAITS.values():
            assert connection.execute(table.select().where(table.c.owner.is_(None))).all() == []
    assert event.message_id in map(str, WRITERS)


def test_events_that_others_wrote_without_copies_make_a_contraction_due(database):
    url, engine = database
    upgrade(url)
    WRITERS[0].record(engine, WRITTEN)
    done = upgrade(url, phase=Phase.EXPAND)
    assert (done.filled, done.contract_due) == (1, False)


@pytest.mark.parametrize("step", [one for one in KNOWN.revisions[1:] if one not in KNOWN.contracting])
def test_an_expanding_revision_takes_nothing_away(database, step):
    """No table or column goes, no column has to be given, and an index goes only where another begins as it does."""
    _, engine = database
    previous = KNOWN.revisions[KNOWN.revisions.index(step) - 1]
    at_revision(engine, previous)
    before = {table: indexes(engine, table) for table in inspect(engine).get_table_names()}
    columns = {table: {one["name"]: one for one in inspect(engine).get_columns(table)} for table in before}
    at_revision(engine, step)
    looked = inspect(engine)
    for table, found_by in before.items():
        now = {one["name"]: one for one in looked.get_columns(table)}
        assert columns[table].keys() <= now.keys()
        for name in now.keys() - columns[table].keys():
            assert now[name]["nullable"] or now[name]["default"] is not None
        present = indexes(engine, table).values()
        for wanted in found_by.values():
            assert any(has[: len(wanted)] == wanted for has in present), f"{step}: {table} {wanted}"


# Going back


def earlier(release, monkeypatch):
    """Let this program be an earlier release, which knows the revisions up to one."""
    cut = KNOWN.revisions[: KNOWN.revisions.index(release) + 1]
    monkeypatch.setattr(history, "known", lambda: History(cut, KNOWN.contracting & set(cut)))


def test_an_earlier_release_goes_on_with_a_schema_that_is_only_expanded(database, monkeypatch):
    url, engine = database
    at_revision(engine, BEFORE)
    upgrade(url, phase=Phase.EXPAND)
    earlier(BEFORE, monkeypatch)
    for phase in Phase:
        done = upgrade(url, phase=phase)
        assert (done.before, done.after, done.contract_due) == (KNOWN.expanded, KNOWN.expanded, False)
    assert OLD_INDEX in indexes(engine, OF_TABLE)
    monkeypatch.undo()
    assert upgrade(url, phase=Phase.EXPAND).contract_due


def test_an_earlier_release_is_refused_by_a_schema_that_is_contracted(database, monkeypatch):
    url, engine = database
    at_revision(engine, BEFORE)
    upgrade(url, phase=Phase.EXPAND)
    upgrade(url, phase=Phase.CONTRACT)
    earlier(BEFORE, monkeypatch)
    for phase in Phase:
        with pytest.raises(SchemaNewerError, match=f"revision {KNOWN.newest}.*up to {BEFORE}"):
            upgrade(url, phase=phase)
    assert revision(engine) == KNOWN.newest


def test_a_contraction_that_breaks_off_is_not_taken_for_an_expanded_schema(database, monkeypatch):
    url, engine = database
    at_revision(engine, BEFORE)
    upgrade(url, phase=Phase.EXPAND)

    def killed(*_):
        raise RuntimeError("killed")

    monkeypatch.setattr(migrate, "bring", killed)
    with pytest.raises(RuntimeError, match="killed"):
        upgrade(url, phase=Phase.CONTRACT)
    monkeypatch.undo()
    if engine.dialect.name != "sqlite":  # where nothing of it has happened
        earlier(BEFORE, monkeypatch)
        with pytest.raises(SchemaNewerError):
            upgrade(url)


def test_a_new_database_is_refused_to_an_earlier_release_too(database, monkeypatch):
    url, _ = database
    upgrade(url, phase=Phase.EXPAND)
    earlier(BEFORE, monkeypatch)
    with pytest.raises(SchemaNewerError):
        upgrade(url)


# Two at once


@pytest.mark.parametrize("first", [Phase.EXPAND, Phase.BOTH])
def test_phases_that_start_at_once_go_one_after_the_other(empty_database_url, first):
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda phase: upgrade(empty_database_url, phase=phase), [first, Phase.BOTH, first]))
    assert sorted(one.before is None for one in done) == [False, False, True]


# What somebody has dropped


def drop(engine, *tables):
    with engine.begin() as connection:
        for table in tables:
            connection.exec_driver_sql(f"DROP TABLE {table}")


def test_shapes_that_were_dropped_are_missed_by_nobody_and_come_back(database):
    url, engine = database
    upgrade(url)
    event = Event("m", "t", NOON, (Trait("size", TraitType.INTEGER, 5), Trait("name", TraitType.TEXT, "vm")))
    store = connect(url, ConnectionSettings(pool_size=1))
    store.record_events([event])
    drop(engine, "trait_shape")
    assert upgrade(url).after == newest_revision()
    for reading in (store, connect(url, ConnectionSettings(pool_size=1))):
        for message_id in ("m", "n"):
            (found,) = reading.get_events(asked_by_v2(Everything(), message_id="m"), Page(1))
            assert (found.message_id, sorted(found.traits)) == ("m", sorted(event.traits))
            reading.record_events([dataclasses.replace(event, message_id=message_id)])
        assert len(reading.get_events(EventFilter(Everything()), Page(10))) == 2
        reading.dispose()


def test_names_of_traits_that_were_dropped_are_made_again_from_the_events(database):
    url, engine = database
    upgrade(url)
    WRITERS[0].record(engine, WRITTEN)
    upgrade(url)
    drop(engine, "event_type_trait")
    assert upgrade(url, phase=Phase.EXPAND).contract_due
    store = connect(url, ConnectionSettings(pool_size=1))
    assert {name for name, _type in store.get_trait_types("old.volume.create")} == {"project_id", "size"}
    store.dispose()
    upgrade(url, phase=Phase.CONTRACT)
    assert revision(engine) == newest_revision()


def test_counts_that_were_dropped_in_part_are_made_again_from_the_events(database):
    url, engine = database
    upgrade(url)
    WRITERS[0].record(engine, WRITTEN | {"generated": datetime(2020, 1, 1)})  # noqa: DTZ001 - the original's
    store = connect(url, ConnectionSettings(pool_size=1))
    settled = Settled(store)
    settled.settle()
    drop(engine, "event_count_mark")
    assert upgrade(url).after == newest_revision()
    with engine.connect() as connection:
        assert connection.execute(EVENT_COUNT.select()).all() == []
    assert store.count_events(EventFilter(Everything()), Grouping(keys=Keys()), seconds=20).groups[0].events == 1
    settled.settle()
    assert store.count_events(EventFilter(Everything()), Grouping(keys=Keys()), seconds=20).groups[0].events == 1
    store.dispose()


@pytest.mark.parametrize("phase", Phase)
def test_a_table_of_events_that_was_dropped_is_named_and_not_made_up(database, phase):
    url, engine = database
    upgrade(url)
    drop(engine, "trait_int")
    with pytest.raises(TablesMissingError, match=r"trait_int is gone .*Restore") as caught:
        upgrade(url, phase=phase)
    assert "run panko-dbsync" not in str(caught.value)
    assert revision(engine) == newest_revision()


def test_a_schema_of_which_only_the_revision_is_left_is_made_again(database):
    url, engine = database
    upgrade(url)
    drop(engine, "event_type_trait", *(table.name for table in TRAITS.values()), "event", "event_type")
    assert upgrade(url, phase=Phase.EXPAND).after == newest_revision()
    assert inspect(engine).has_table("event_type_trait")
