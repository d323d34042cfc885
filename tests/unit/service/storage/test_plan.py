"""Which part of a filter leads along an index, and what is left to look at event by event."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy.dialects import mysql, postgresql, sqlite

from panko.event import TraitType
from panko.filters import (
    And,
    Comparison,
    EventFilter,
    Everything,
    MessageIdFilter,
    Not,
    Or,
    OwnActs,
    Page,
    Since,
    TraitFilter,
    TypeFilter,
    Until,
)
from panko.storage.sql.reading import pages
from panko.storage.sql.reading.plan import MOST_TYPES, Plan, plan
from panko.storage.sql.reading.search.leads import Lead
from panko.storage.sql.reading.terms import terms

ALL = Everything()
NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
LATER = NOON.replace(hour=13)
STATE = TraitFilter("state", TraitType.TEXT, Comparison.EQ, "active")
SIZE = TraitFilter("size", TraitType.INTEGER, Comparison.GE, 7)
START, END = TypeFilter("start"), TypeFilter("end")
MANY_TYPES = Or(tuple(TypeFilter(str(number)) for number in range(MOST_TYPES + 1)))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (And(()), Plan(ALL)),
        (MessageIdFilter("a"), Plan(ALL, message_id="a")),
        (
            And((MessageIdFilter("a"), MessageIdFilter("b"))),
            Plan(ALL, message_id="a", rest=(MessageIdFilter("b"),)),
        ),
        (And((Since(NOON), Since(LATER), Until(LATER), Until(NOON))), Plan(ALL, start=LATER, end=NOON)),
        (Not(Since(NOON)), Plan(ALL, rest=(Not(Since(NOON)),))),
        (And((STATE, And((SIZE, START)))), Plan(ALL, event_types=("start",), traits=(STATE, SIZE))),
        (Or((START, END)), Plan(ALL, event_types=("start", "end"))),
        (And((START, Or((START, END)))), Plan(ALL, event_types=("start",), rest=(Or((START, END)),))),
        (MANY_TYPES, Plan(ALL, rest=(MANY_TYPES,), lead=Lead(types=MANY_TYPES.expressions))),
        (Or((START, STATE)), Plan(ALL, rest=(Or((START, STATE)),), lead=Lead((START,), (STATE,)))),
        (Or((Not(START), STATE)), Plan(ALL, rest=(Or((Not(START), STATE)),))),
        (And((STATE, Not(SIZE))), Plan(ALL, traits=(STATE,), rest=(Not(SIZE),))),
        (Not(Or((Not(STATE), SIZE))), Plan(ALL, traits=(STATE,), rest=(Not(SIZE),))),
        (And((STATE, Or(()))), None),
    ],
)
def test_an_index_is_led_by_what_must_hold_and_the_rest_is_left(expression, expected):
    assert plan(EventFilter(ALL, expression)) == expected


def sql(statement, dialect=mysql):
    compiled = statement.compile(dialect=dialect.dialect(), compile_kwargs={"literal_binds": True})
    return re.sub(r"\s+", " ", str(compiled)).replace("`", "").replace(" )", ")")


def walk(expression, scope=ALL, dialect=mysql):
    return sql(pages.walk(terms(plan(EventFilter(scope, expression)), None), Page(10), None), dialect)


REST = And((Or((Since(NOON), MessageIdFilter("m"), START, STATE)), Not(SIZE)))


@pytest.mark.parametrize("dialect", [mysql, postgresql, sqlite])
def test_the_rest_is_said_where_no_optimizer_looks_for_an_index(dialect):
    _columns, _, statement = walk(REST, OwnActs("p", "u"), dialect).partition(" FROM ")
    assert statement.count("CASE WHEN") == 2 * 2  # in two branches
    assert statement.count("THEN 1 ELSE 0 END = 1") == 2 * 2
    outside = re.sub(r"CASE WHEN .*? END = 1", "", statement)
    for said in ("generated >=", "'m'", "'start'", "'state'", "'size'"):
        assert said in statement
        assert said not in outside


def test_every_look_up_of_the_rest_is_by_the_event_itself():
    statement = walk(REST)
    assert statement.count("FROM trait_text FORCE INDEX (PRIMARY) WHERE trait_text.event_id = event.id") == 1
    assert statement.count("FROM trait_int FORCE INDEX (PRIMARY) WHERE trait_int.event_id = event.id") == 1
    assert "FROM event_type WHERE event_type.id = event.event_type_id" in statement
    assert walk(REST, dialect=postgresql).count("OFFSET 0)") == 3


def test_a_complement_never_meets_the_third_value_of_sql():
    assert "NOT (event.generated IS NOT NULL AND event.generated >= " in walk(Not(Since(NOON)))


def test_a_trait_that_no_column_can_hold_is_nowhere_and_its_complement_everywhere():
    never = TraitFilter("n", TraitType.INTEGER, Comparison.EQ, 2**63)
    for dialect in (mysql, postgresql, sqlite):
        assert "EXISTS" in walk(Or((never, STATE)), dialect=dialect)
        assert "EXISTS" not in walk(Not(never), dialect=dialect)


@pytest.mark.parametrize("inside", [False, True])
def test_the_rest_goes_with_every_way_of_finding(inside):
    scope = OwnActs("p", "u") if inside else ALL
    found = terms(plan(EventFilter(scope, And((STATE, Not(SIZE))))), None)
    if inside:
        statement = pages.drive_inside(found, Page(10), None, rare=found.owned, limit=7)
    else:
        statement = pages.drive(found, Page(10), None, driving=found.traits[0], count=7)
    assert len(re.findall(r"CASE WHEN \(?NOT \(EXISTS", sql(statement))) == 1


def test_some_types_are_looked_up_by_one_statement():
    statement = sql(pages.event_type_ids("start", "end"), postgresql).replace('"', "")
    assert statement.endswith("WHERE event_type.desc = 'start' OR event_type.desc = 'end'")
