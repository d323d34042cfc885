"""What a question costs tells nothing about the events of others: same statements, same rows, whatever they stored."""

import datetime as dt
import itertools
import re

import pytest
from sqlalchemy import event, select, text

from event_model import owned
from event_model.asked import asked_by_v2
from panko.event import Event, Trait, TraitType
from panko.filters import (
    And,
    Comparison,
    EventFilter,
    Everything,
    HasTrait,
    MessageIdFilter,
    Not,
    Or,
    OwnActs,
    Page,
    ProjectAndOwnerless,
    Since,
    SortField,
    SortKey,
    TraitFilter,
    TraitPrefix,
    TypeFilter,
    TypePrefix,
    TypeSuffix,
    Until,
    WholeProject,
)
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.rows import owners
from panko.storage.sql.rows.tables import EVENT, METADATA, TRAITS
from panko.storage.sql.schema.migrate import upgrade
from servers.rows_read import READS

BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
OWN, FOREIGN = 60, 3000
RARE_LIMIT = 200  # and a tenth of that inside of a scope
SCOPES = {
    "member": OwnActs("att", "mallory"),
    "reader": WholeProject("att"),
    "admin": ProjectAndOwnerless("att"),
}
# What nobody has, what one event of somebody else has, and what thousands of them have.
VALUES = {"text": ("nobody", "one", "many"), "integer": (-5, 1, 2), "type": ("absent", "one", "many")}


def stored(number, project, user, *, value, amount, kind):
    traits = (
        Trait("amount", TraitType.INTEGER, amount),
        Trait("display_name", TraitType.TEXT, value),
        Trait("project_id", TraitType.TEXT, project),
        Trait("user_id", TraitType.TEXT, user),
    )
    return Event(f"{project}-{number}", kind, BEGIN + dt.timedelta(minutes=number), traits, {})


def population():
    for number in range(OWN):
        value = "own, rare" if number % 10 == 0 else "own"
        yield stored(number, "att", "mallory", value=value, amount=3, kind="own")
    # The same values, thousands of times and somebody else's.
    for number in range(FOREIGN, 2 * FOREIGN):
        yield stored(number, "victim", "bob", value="own, rare", amount=3, kind="own")
    yield stored(0, "victim", "bob", value="one", amount=1, kind="one")
    for number in range(1, FOREIGN):
        yield stored(number, "victim", "bob", value="many", amount=2, kind="many")


@pytest.fixture(scope="module")
def filled(new_database):
    url = new_database()
    upgrade(url)
    store = connect(url, ConnectionSettings(pool_size=1, rare_limit=RARE_LIMIT))
    events = population()
    while batch := list(itertools.islice(events, 1000)):
        store.record_events(batch)
    settle = {"mysql": "ANALYZE TABLE", "postgresql": "VACUUM (ANALYZE)", "sqlite": "ANALYZE"}
    with store._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in METADATA.tables:
            connection.execute(text(f"{settle[connection.dialect.name]} {table}"))
    yield store
    store.dispose()


def questions(scope):
    """Yield the name of each question, and the three of it: about nobody's, one's and thousands' value."""
    for comparison in Comparison:
        for name, kind, values in (
            ("display_name", TraitType.TEXT, VALUES["text"]),
            ("amount", TraitType.INTEGER, VALUES["integer"]),
        ):
            if comparison in (Comparison.EQ, Comparison.NE):
                yield (
                    f"{name} {comparison.name}",
                    [asked_by_v2(scope, traits=(TraitFilter(name, kind, comparison, value),)) for value in values],
                )
    begin, end = BEGIN, BEGIN + dt.timedelta(hours=2)
    yield (
        "amount in a range of time",
        [
            asked_by_v2(
                scope, start=begin, end=end, traits=(TraitFilter("amount", TraitType.INTEGER, Comparison.EQ, value),)
            )
            for value in VALUES["integer"]
        ],
    )
    yield "event type", [asked_by_v2(scope, event_type=value) for value in VALUES["type"]]
    yield (
        "event type and trait",
        [
            asked_by_v2(scope, event_type=value, traits=(TraitFilter("amount", TraitType.INTEGER, Comparison.GE, 0),))
            for value in VALUES["type"]
        ],
    )
    for name, expressions in TREES.items():
        yield name, [EventFilter(scope, expression) for expression in expressions]


def amount(value, comparison=Comparison.EQ):
    return TraitFilter("amount", TraitType.INTEGER, comparison, value)


def named(value):
    return TraitFilter("display_name", TraitType.TEXT, Comparison.EQ, value)


TREES = {
    "either of two traits": [Or((amount(value), named("own, rare"))) for value in VALUES["integer"]],
    "one of several traits": [Or((named(value), amount(9), HasTrait("absent"))) for value in VALUES["text"]],
    "one of several values": [Or((named(value), named("own, rare"))) for value in VALUES["text"]],
    "the beginning of a text": [TraitPrefix("display_name", value) for value in VALUES["text"]],
    "the beginning of a type": [TypePrefix(value) for value in VALUES["type"]],
    "the end of a type": [TypeSuffix(value) for value in VALUES["type"]],
    "not a trait": [Not(amount(value)) for value in VALUES["integer"]],
    "a trait and not another": [And((named("own, rare"), Not(amount(value)))) for value in VALUES["integer"]],
    "either of two types": [Or((TypeFilter(value), TypeFilter("own"))) for value in VALUES["type"]],
    "a type or a trait": [Or((TypeFilter(value), named("own, rare"))) for value in VALUES["type"]],
    "not a type": [Not(TypeFilter(value)) for value in VALUES["type"]],
    "either of two ids": [
        Or((MessageIdFilter(value), MessageIdFilter("att-1"))) for value in ("nobody-0", "victim-0", "victim-1")
    ],
    "nested": [
        Or((And((TypeFilter("own"), Not(Since(BEGIN)))), Not(Or((named(value), Until(BEGIN))))))
        for value in VALUES["text"]
    ],
}


def statements(store, use):
    seen = []

    def remember(_connection, _cursor, statement, *_):
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(store._engine, "before_cursor_execute", remember)
    try:
        use()
    finally:
        event.remove(store._engine, "before_cursor_execute", remember)
    return seen


@pytest.mark.parametrize("descending", [False, True], ids=["oldest", "newest"])
@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
def test_others_values_change_neither_statements_nor_rows(filled, scope, descending):
    page = Page(20, (SortKey(SortField.GENERATED, descending=descending),))
    reads = READS[filled._engine.dialect.name]
    told = {}
    for name, asked in questions(scope):
        asks = [lambda one=one: filled.get_events(one, page) for one in asked]
        sent = [statements(filled, ask) for ask in asks]
        counted = [reads(filled, ask) for ask in asks]
        look_ups = max(counted) - min(counted)
        if any(one != sent[0] for one in sent) or look_ups > LOOK_UPS:
            told[name] = (counted, [len(one) for one in sent])
    assert told == {}


# The type is looked up by its name in a table that is everybody's: found or not is one row of its index.
LOOK_UPS = 2


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
def test_every_statement_that_reads_events_is_inside_the_scope(filled, scope):
    page = Page(20, marker="att-0")
    for _, asked in questions(scope):
        for one in asked:
            for statement in statements(filled, lambda one=one: filled.get_events(one, page)):
                about_types = "FROM event_type" in statement
                assert about_types or re.search(r"trait_text\.value\)? =", statement), statement
    for message_id in ("att-0", "victim-0", "nowhere"):
        (statement,) = statements(
            filled, lambda message_id=message_id: filled.get_events(asked_by_v2(scope, message_id=message_id), Page(1))
        )
        assert "EXISTS" in statement


@pytest.mark.parametrize("name", ["member", "reader"])
def test_a_value_that_thousands_of_others_have_is_found_among_the_own_ones(filled, name):
    wanted = TraitFilter("display_name", TraitType.TEXT, Comparison.EQ, "own, rare")
    question = asked_by_v2(SCOPES[name], traits=(wanted,), start=BEGIN, event_type="own")
    found = []
    rows = READS[filled._engine.dialect.name](filled, lambda: found.extend(filled.get_events(question, Page(20))))
    assert len({one.message_id for one in found}) == OWN / 10
    assert rows < 150  # each of the six costs some look-ups; a walk would pass by all of the owner's


@pytest.mark.parametrize("name", ["member", "reader"])
def test_what_others_stored_without_owners_beside_traits_is_not_read_either(filled, name):
    """Earlier releases and the original leave rows without an owner: those of others are not even counted."""
    reads = READS[filled._engine.dialect.name]
    question = asked_by_v2(SCOPES[name], traits=(TraitFilter("amount", TraitType.INTEGER, Comparison.EQ, 2),))
    before = reads(filled, lambda: filled.get_events(question, Page(20)))
    with filled._engine.begin() as connection:
        for table in TRAITS.values():
            foreign = select(EVENT.c.id).where(EVENT.c.message_id.like("victim-%"))
            connection.execute(table.update().where(table.c.event_id.in_(foreign)).values(owner=None))
    try:
        assert reads(filled, lambda: filled.get_events(question, Page(20))) <= before + LOOK_UPS
    finally:
        upgrade(filled._engine.url.render_as_string(hide_password=False))


def test_one_event_of_somebody_else_is_not_read_out(filled):
    for scope in SCOPES.values():
        assert filled.get_events(asked_by_v2(scope, message_id="victim-0"), Page(1)) == []
        assert [one.message_id for one in filled.get_events(asked_by_v2(scope, message_id="att-0"), Page(1))] == [
            "att-0"
        ]


OWNED = (Trait("project_id", TraitType.TEXT, "p"), Trait("user_id", TraitType.TEXT, "u"))


@pytest.mark.parametrize(
    ("traits", "expected"),
    [
        ((), (True, False, False)),
        (OWNED, (True, True, True)),
        (OWNED[:1], (True, False, True)),
        ((Trait("project_id", TraitType.TEXT, "P"), OWNED[1]), (False, False, False)),
        ((Trait("project_id", TraitType.INTEGER, 1),), (True, False, False)),
    ],
    ids=["nobody's", "owned", "the project's", "another letter case", "a number"],
)
@pytest.mark.parametrize("collides", [False, True], ids=["", "numbers collide"])
def test_who_sees_an_event_is_decided_by_its_traits(store, inspector_engine, traits, expected, collides):
    store.record_events([Event("e", "t", BEGIN, traits, {})])
    if collides:
        project, both = owners.numbers(OWNED)
        with inspector_engine.begin() as connection:
            connection.execute(
                text("UPDATE event SET project_hash = :project, owner_hash = :both"), {"project": project, "both": both}
            )
    scopes = (ProjectAndOwnerless("p"), OwnActs("p", "u"), WholeProject("p"))
    for asked in ({}, {"message_id": "e"}):
        seen = tuple(bool(store.get_events(asked_by_v2(scope, **asked), Page(10))) for scope in scopes)
        assert seen == expected
        assert store.get_events(asked_by_v2(Everything(), **asked), Page(10))


@pytest.mark.parametrize("scope", owned.SCOPES, ids=lambda scope: type(scope).__name__)
def test_all_forms_of_a_scope_show_what_is_meant(database_url, inspector_engine, scope):
    with inspector_engine.connect() as connection:
        told = owned.seen(connection, owned.put(connection), scope)
    assert {form: names for form, names in told.items() if names != told["meant"]} == {}
