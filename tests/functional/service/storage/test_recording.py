"""Writing: all or nothing, once for each message_id, whoever else writes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pymysql
import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError, OperationalError

from event_model.asked import asked_by_v2
from panko.errors import EventConflictError, InvalidEventsError
from panko.event import Event, Trait, TraitType
from panko.filters import EventFilter, Everything, Page
from panko.storage import Recorded
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.rows.tables import EVENT as STORED
from panko.storage.sql.rows.tables import METADATA
from panko.storage.sql.rows.tables import TRAITS as TRAITS_OF

ALL = EventFilter(Everything())
NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
TRAITS = (
    Trait("b", TraitType.TEXT, "text "),
    Trait("a", TraitType.FLOAT, 0.1 + 0.2),
    Trait("a", TraitType.INTEGER, 2**62),
    Trait("when", TraitType.DATETIME, NOON),
    Trait("none", TraitType.TEXT, None),
)
EVENT = Event("1", "t", NOON, TRAITS, {"b": [1, {"x": None}], "a": "☃"})


def numbered(numbers):
    return [Event(f"{n:05}", f"t{n % 5}", NOON) for n in numbers]


def row_counts(engine):
    with engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in METADATA.sorted_tables
        }


def test_an_event_sent_again_is_a_duplicate(store):
    assert store.record_events([EVENT]) == Recorded(created=1, duplicates=0)
    assert store.record_events([EVENT]) == Recorded(created=0, duplicates=1)


def test_content_is_the_same_whatever_the_order_of_traits_and_keys(store):
    store.record_events([EVENT])
    other = Event("1", "t", NOON, TRAITS[::-1], {"a": "☃", "b": [1, {"x": None}]})
    assert store.record_events([other]) == Recorded(created=0, duplicates=1)


@pytest.mark.parametrize(
    "other",
    [
        Event("1", "T", NOON, TRAITS, EVENT.raw),
        Event("1", "t", NOON.replace(microsecond=123457), TRAITS, EVENT.raw),
        Event("1", "t", NOON, TRAITS[:-1], EVENT.raw),
        Event("1", "t", NOON, (Trait("b", TraitType.TEXT, "text"), *TRAITS[1:]), EVENT.raw),
        Event("1", "t", NOON, TRAITS, {}),
    ],
    ids=["type", "generated", "traits", "value", "raw"],
)
def test_other_content_under_a_stored_message_id_is_refused_and_the_stored_event_stays(store, other):
    store.record_events([EVENT])
    with pytest.raises(EventConflictError) as caught:
        store.record_events([*numbered(range(3)), other])
    assert caught.value.message_ids == ["1"]
    (kept,) = store.get_events(ALL, Page(10))
    assert (kept.event_type, kept.generated, kept.raw) == (EVENT.event_type, EVENT.generated, EVENT.raw)


def test_a_batch_may_mix_new_events_stored_ones_and_repetitions(store):
    store.record_events(numbered(range(10)))
    batch = [*numbered(range(5, 20)), *numbered(range(5, 15))]
    assert store.record_events(batch) == Recorded(created=10, duplicates=15)
    assert len(store.get_events(ALL, Page(100))) == 20


def test_a_batch_that_contradicts_itself_is_refused_whole(store):
    with pytest.raises(EventConflictError):
        store.record_events([EVENT, Event("1", "t", NOON)])
    assert store.get_events(ALL, Page(10)) == []


def test_nothing_is_stored_when_one_trait_of_a_batch_cannot_be(store, inspector_engine):
    too_long = Event("2", "new type", NOON, (Trait("n", TraitType.INTEGER, 2**70),))
    with pytest.raises(Exception):  # noqa: B017, PT011  # what the driver says is not part of the contract
        store.record_events([EVENT, too_long])
    assert set(row_counts(inspector_engine).values()) == {0}


def test_an_empty_batch_is_no_work(store):
    assert store.record_events([]) == Recorded(created=0, duplicates=0)


def test_trait_names_that_are_one_name_to_the_database_are_refused_by_name(store, database_url):
    pair = (Trait("resumé", TraitType.TEXT, "1"), Trait("RESUME", TraitType.TEXT, "2"))
    event = Event("0", "t", NOON, pair)
    if not database_url.startswith("mysql"):
        assert store.record_events([event]).created == 1
        return
    with pytest.raises(InvalidEventsError, match=r"event 1: .*RESUME, resumé"):
        store.record_events([EVENT, event])
    assert store.get_events(ALL, Page(10)) == []


def test_writers_of_the_same_new_events_all_succeed_and_store_each_once(store, inspector_engine):
    batches = [numbered(range(begin, begin + 60)) for begin in (0, 20, 0, 40)]
    begin = threading.Barrier(len(batches))

    def write(batch):
        begin.wait(timeout=10)
        return store.record_events(batch)

    with ThreadPoolExecutor(len(batches)) as pool:
        recorded = list(pool.map(write, batches))
    assert sum(one.created for one in recorded) == 100
    assert all(one.created + one.duplicates == 60 for one in recorded)
    counts = row_counts(inspector_engine)
    assert (counts["event"], counts["event_type"]) == (100, 5)


def test_processes_that_meet_at_a_new_event_type_agree_on_it(database_url, inspector_engine):
    stores = [connect(database_url, ConnectionSettings(pool_size=1)) for _ in range(3)]
    begin = threading.Barrier(len(stores))

    def write(number):
        begin.wait(timeout=10)
        for n in range(20):
            stores[number].record_events([Event(f"{number}-{n}", f"type {n}", NOON)])

    with ThreadPoolExecutor(len(stores)) as pool:
        list(pool.map(write, range(len(stores))))
    for one in stores:
        one.dispose()
    counts = row_counts(inspector_engine)
    assert (counts["event"], counts["event_type"]) == (60, 20)


def test_an_event_that_no_statement_can_hold_is_refused_by_name_and_the_service_goes_on(store):
    huge = Event("huge", "t", NOON, (), {"text": '"' * 9_000_000})  # 36 MB once it is JSON inside of SQL
    if store._engine.dialect.name != "mysql":
        assert store.record_events([huge]).created == 1
        return
    with pytest.raises(InvalidEventsError, match=r"^event 1: raw and traits are \d+ bytes .* max_allowed_packet$"):
        store.record_events([EVENT, huge])
    assert store.get_events(ALL, Page(10)) == []
    assert store.record_events([EVENT]).created == 1


def test_many_long_traits_need_no_larger_statements(store):
    def long_event(number):
        names = (f"{n:03}{'n' * 250}" for n in range(150))
        return Event(f"{number:05}", "t", NOON, tuple(Trait(name, TraitType.TEXT, "v" * 255) for name in names))

    events = [long_event(n) for n in range(300)]  # 24 MB of traits
    assert store.record_events(events).created == 300
    assert store.get_events(ALL, Page(1)) == events[:1]


def test_names_that_are_one_to_the_database_are_refused_and_everything_else_is_two(store, database_url):
    names = ("Größe", "Grose")
    bad = Event("bad", "t", NOON, tuple(Trait(name, TraitType.TEXT, "x") for name in names))
    if not database_url.startswith("mysql"):
        assert store.record_events([bad]) == Recorded(created=1, duplicates=0)
        return
    with pytest.raises(
        InvalidEventsError, match=r"^event 1: the trait names Grose, Größe are one name to the database"
    ):
        store.record_events([EVENT, bad])
    assert store.get_events(ALL, Page(10)) == []


def test_each_statement_has_a_bounded_number_of_values_whatever_is_sent(store):
    most = 0

    def count(_connection, _cursor, _statement, parameters, *_):
        nonlocal most
        if not isinstance(parameters, list):
            most = max(most, len(parameters))

    event.listen(store._engine, "before_cursor_execute", count)
    day = timedelta(days=1)
    events = [Event(f"{n:05}", "t", NOON + n * day, (Trait(f"n{n}", TraitType.TEXT, "x"),)) for n in range(3000)]
    store.record_events(events)
    assert 0 < most < 10_000
    assert len(list(store.get_trait_types("t"))) == 3000


def test_an_event_that_is_sent_again_holds_nobody_up_and_is_not_spoken_of(store, caplog):
    first, second = numbered([1, 6])  # of one type
    store.record_events([first])
    seen = []
    event.listen(store._engine, "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))
    with caplog.at_level("DEBUG", logger="panko"):
        assert store.record_events([first]) == Recorded(created=0, duplicates=1)
    assert "busy" not in caplog.text
    assert "try 1" not in caplog.text
    seen.clear()
    store.record_events([second])
    assert not any("FROM event_type" in statement for statement in seen), "what was remembered is forgotten"


def test_what_is_remembered_is_not_believed_after_the_server_may_have_become_another(store, inspector_engine):
    first, second = numbered([1, 6])  # of one type
    store.record_events([first])
    types = METADATA.tables["event_type"]
    with inspector_engine.begin() as connection:  # a restore, or a failover that lost something: another type's id
        connection.execute(types.update().values(desc="another"))
    lost = [OperationalError("INSERT", {}, pymysql.err.OperationalError(2013, "Lost connection"))]

    def lose(_connection, _cursor, statement, *_):
        if "INSERT INTO event " in statement and lost:
            raise lost.pop()

    event.listen(store._engine, "before_cursor_execute", lose)
    store.record_events([second])
    assert lost == []
    (found,) = store.get_events(asked_by_v2(Everything(), message_id=second.message_id), Page(1))
    assert found.event_type == second.event_type


@pytest.mark.parametrize("step", [1, 3])
@pytest.mark.parametrize("count", [1, 5, 60])
@pytest.mark.parametrize("is_known", [True, False])
def test_traits_are_stored_beside_their_own_events_however_ids_are_counted(database_url, step, count, is_known):
    """Galera's nodes count by their number, and may begin to while a session is open."""

    def numbered(prefix, count):
        return [Event(f"{prefix}{n:03}", "t", NOON, (Trait("n", TraitType.INTEGER, n),)) for n in range(count)]

    store = connect(database_url, ConnectionSettings(pool_size=1))
    known = numbered("known", 1) if is_known else []
    store.record_events(known)
    if store._engine.dialect.name == "mysql":
        with store._engine.connect() as connection:
            connection.exec_driver_sql(f"SET SESSION auto_increment_increment = {step}")
    assert store.record_events(numbered("", count)) == Recorded(created=count, duplicates=0)
    numbers = TRAITS_OF[TraitType.INTEGER]
    with store._engine.connect() as connection:
        stored = connection.execute(
            select(STORED.c.message_id, numbers.c.value).join(numbers, numbers.c.event_id == STORED.c.id)
        ).all()
    store.dispose()
    expected = [*((f"{n:03}", n) for n in range(count)), *((each.message_id, 0) for each in known)]
    assert sorted(tuple(row) for row in stored) == expected


def test_what_is_refused_in_the_middle_of_a_statement_leaves_no_transaction_open(database_url):
    """A proxy that shares connections would give it to somebody else: an error says nothing of transactions."""
    store = connect(database_url, ConnectionSettings(pool_size=1))
    store.record_events(numbered([0]))
    if not getattr(store._engine.dialect, "is_mariadb", False):  # nobody else begins one inside of a statement
        store.dispose()
        return
    open_ones = []

    def ask(context):
        with context.connection.connection.cursor() as cursor:
            cursor.execute("SELECT @@in_transaction")
            open_ones.extend(cursor.fetchone())

    event.listen(store._engine, "handle_error", ask)
    with store._engine.connect() as connection:
        connection.exec_driver_sql("SET SESSION auto_increment_increment = 3")
    assert store.record_events(numbered([5, 10])).created == 2
    store.dispose()
    assert open_ones == [0]


@pytest.mark.parametrize("count", [1, 20])
def test_few_events_take_few_round_trips(store, count):
    """A publisher sends one event at a time, and each answer of a database is waited for."""

    def few(prefix):
        return [Event(f"{prefix}{n}", "t", datetime.now(UTC), TRAITS) for n in range(count)]

    store.record_events(few("known"))
    statements = []
    event.listen(store._engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    assert store.record_events(few("new")) == Recorded(created=count, duplicates=0)
    if store._engine.dialect.name == "sqlite":  # which is no server
        return
    most = {"postgresql": 2, "mysql": 1 if getattr(store._engine.dialect, "is_mariadb", False) else 6}
    assert len(statements) <= most[store._engine.dialect.name], statements


def test_foreign_keys_hold_for_whatever_a_session_does_after_it_has_stored_events(database_url):
    store = connect(database_url, ConnectionSettings(pool_size=1))
    store.record_events([EVENT])
    orphan = TRAITS_OF[TraitType.INTEGER].insert().values(event_id=2**40, key="n", value=1)
    with pytest.raises(IntegrityError), store._engine.begin() as connection:
        connection.execute(orphan)
    untyped = STORED.insert().values(message_id="2", event_type_id=2**40)
    with pytest.raises(IntegrityError), store._engine.begin() as connection:
        connection.execute(untyped)
    store.dispose()


def test_writers_that_meet_at_a_new_shape_of_traits_agree_on_it(database_url, inspector_engine):
    stores = [connect(database_url, ConnectionSettings(pool_size=1)) for _ in range(3)]
    begin = threading.Barrier(len(stores))

    def write(number):
        begin.wait(timeout=10)
        for n in range(20):
            stores[number].record_events([Event(f"{number}-{n}", "t", NOON, (Trait(f"n{n}", TraitType.INTEGER, n),))])

    with ThreadPoolExecutor(len(stores)) as pool:
        list(pool.map(write, range(len(stores))))
    for one in stores:
        found = one.get_events(ALL, Page(100))
        assert {(event.message_id.partition("-")[2], event.traits[0].name) for event in found} == {
            (f"{n}", f"n{n}") for n in range(20)
        }
        one.dispose()
    assert row_counts(inspector_engine)["trait_shape"] == 20
