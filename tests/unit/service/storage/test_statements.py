"""What the statements say where it matters to the database's optimizer."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy.dialects import mysql, postgresql

from event_model.asked import asked_by_v2
from panko.event import TraitType
from panko.filters import (
    DEFAULT_SORT,
    Comparison,
    Everything,
    OwnActs,
    Page,
    ProjectAndOwnerless,
    SortField,
    SortKey,
    TraitFilter,
    WholeProject,
)
from panko.storage.sql.reading import pages
from panko.storage.sql.reading.plan import plan
from panko.storage.sql.reading.terms import terms

NOON = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
STATE = TraitFilter("state", TraitType.TEXT, Comparison.EQ, "active")


def sql(statement, dialect=mysql):
    compiled = statement.compile(dialect=dialect.dialect(), compile_kwargs={"literal_binds": True})
    return re.sub(r"\s+", " ", str(compiled)).replace("`", "").replace(" )", ")")


def walk(sort=DEFAULT_SORT, after=None, dialect=mysql, **wanted):
    found = terms(plan(asked_by_v2(**({"scope": Everything()} | wanted))), None)
    return sql(pages.walk(found, Page(10, sort), after), dialect)


def test_a_page_of_everything_is_read_from_the_index_alone():
    assert (
        "FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id"
        " FROM event FORCE INDEX (ix_event_generated_message_id)"
        " ORDER BY event.generated ASC, event.message_id ASC LIMIT 10) AS found" in walk()
    )


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ((SortKey(SortField.GENERATED, descending=True),), "event.generated DESC, event.message_id DESC"),
        ((SortKey(SortField.MESSAGE_ID), SortKey(SortField.GENERATED)), "event.message_id ASC"),
        (DEFAULT_SORT, "event.generated ASC, event.message_id ASC"),
    ],
)
def test_every_order_is_total_and_runs_along_an_index(sort, order):
    assert f"ORDER BY {order} LIMIT 10) AS found" in walk(sort)
    assert walk(sort).endswith(f"ORDER BY {order.replace('event.', 'found.')}")


def test_a_page_of_an_owner_is_cut_from_events_with_its_number_and_from_those_without():
    statement = walk(scope=OwnActs("p", "u"))
    assert statement.count("FORCE INDEX (ix_event_owner_generated_message_id)") == 2
    assert "event.owner_hash = " in statement
    assert "event.owner_hash IS NULL" in statement
    assert statement.count("LIMIT 10") == 3


def test_whole_events_are_neither_sorted_nor_looked_for_along_an_index():
    statement = walk(scope=OwnActs("p", "u"))
    assert "ORDER BY parts.generated ASC, parts.message_id ASC LIMIT 10) AS found" in statement
    assert statement.endswith("ORDER BY found.generated ASC, found.message_id ASC")


def test_a_marker_bounds_the_index_by_the_first_key():
    beyond = "event.generated >= {0} AND (event.generated > {0} OR event.message_id > 'm')".format("1795348800.000000")
    assert beyond in walk(after=pages.Position(NOON, "m"))


def test_who_owns_an_event_is_compared_byte_by_byte_on_mysql():
    condition = walk(scope=OwnActs("p", "u"))
    for name, value in (("project_id", "p"), ("user_id", "u")):
        assert (
            f"trait_text.value = '{value}' AND CAST(trait_text.value AS BINARY) = CAST('{value}' AS BINARY)"
            in condition
        )
        assert f"CAST(trait_text.key AS BINARY) = CAST('{name}' AS BINARY)" in condition


def test_the_scope_of_an_admin_is_one_look_up_for_each_event():
    assert walk(scope=ProjectAndOwnerless("p")).count("trait_text.event_id = event.id") == 2  # in two branches


def test_postgresql_may_not_turn_a_walk_into_a_join():
    assert walk(traits=(STATE,), dialect=postgresql).count("OFFSET 0)") == 1


def test_a_drive_begins_with_the_rare_term():
    found = terms(plan(asked_by_v2(OwnActs("p", "u"), traits=(STATE,))), None)
    statement = sql(pages.drive(found, Page(10), None, driving=found.traits[0], count=7))
    assert statement.count("STRAIGHT_JOIN event.id") == 2
    assert "FROM (SELECT trait_text.event_id" in statement
    assert "'active' LIMIT 7) AS rare INNER JOIN event" in statement
    assert statement.count("EXISTS") == 2


def inside(scope, dialect=mysql, **wanted):
    found = terms(plan(asked_by_v2(scope, traits=(STATE,), **wanted)), (5,))
    statement = pages.drive_inside(
        found, Page(10), pages.Position(NOON, "m"), rare=(*found.owned, found.unknown), limit=7
    )
    return sql(statement, dialect)


def test_a_drive_inside_a_scope_begins_with_the_owners_rows_and_those_that_have_no_owner():
    member, reader = inside(OwnActs("p", "u")), inside(WholeProject("p"))
    for statement in (member, reader):
        assert statement.count("FORCE INDEX (ix_trait_text_key_value_owner_event_id)") == 2
        assert statement.count("LIMIT 7)") == 2
    assert "trait_text.owner = " in member
    assert "trait_text.owner BETWEEN " in reader
    assert "'u' AND CAST(trait_text.value AS BINARY) = CAST('u' AS BINARY) = 1 AND trait_text.owner IS NULL" in member
    assert "'p' AND CAST(trait_text.value AS BINARY) = CAST('p' AS BINARY) = 1 AND trait_text.owner IS NULL" in reader


def test_no_index_of_all_events_leads_into_a_drive_inside_a_scope():
    statement = inside(OwnActs("p", "u"), start=NOON)
    assert "INNER JOIN event FORCE INDEX (PRIMARY)" in statement
    read, _, compared = statement.partition("LIMIT 14) AS own WHERE ")
    assert "event_type_id IN" not in read
    assert "generated >=" not in read
    assert compared.startswith("own.generated >= 1795348800.000000 AND own.event_type_id IN (5) AND own.generated >=")


def test_only_an_equal_value_is_looked_for_among_owners():
    more = TraitFilter("size", TraitType.INTEGER, Comparison.GE, 1)
    wanted = terms(plan(asked_by_v2(OwnActs("p", "u"), traits=(STATE, more))), None)
    assert [term.type for term in wanted.owned] == [TraitType.TEXT]
    assert terms(plan(asked_by_v2(Everything(), traits=(STATE,))), None).owned == ()
    assert terms(plan(asked_by_v2(ProjectAndOwnerless("p"), traits=(STATE,))), None).owned == ()


def test_postgresql_finds_traits_of_an_event_by_nothing_but_the_event():
    statement = walk(scope=OwnActs("p", "u"), traits=(STATE,), dialect=postgresql)
    assert "COALESCE(trait_text.value, trait_text.value) = 'active'" in statement
    assert "trait_text.value = " not in statement


@pytest.mark.parametrize(
    ("comparison", "value"),
    [(Comparison.EQ, 2**63), (Comparison.GT, 2**63), (Comparison.LE, -(2**70)), (Comparison.EQ, None)],
)
def test_what_no_column_can_hold_matches_nothing_without_asking(comparison, value):
    wanted = TraitFilter("n", TraitType.INTEGER, comparison, value)
    assert terms(plan(asked_by_v2(Everything(), traits=(wanted,))), None) is None


def test_an_emoji_is_not_every_emoji():
    face = TraitFilter("mood", TraitType.TEXT, Comparison.EQ, "😀")
    assert "CAST(trait_text.value AS BINARY)" in walk(traits=(face,))
    assert "CAST(trait_text.value AS BINARY)" not in walk(traits=(STATE,))


def test_a_value_is_always_a_bound_parameter():
    found = terms(plan(asked_by_v2(OwnActs("p'--", "u"), event_type="t'--", message_id="m'--", traits=(STATE,))), (1,))
    assert "'--" not in str(pages.walk(found, Page(10), None).compile(dialect=mysql.dialect()))
