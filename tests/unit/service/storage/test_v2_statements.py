"""The statements that v2's questions are answered by, to the letter, on each kind of database."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy.dialects import mysql, postgresql, sqlite

from panko.asking.v2 import Limits, parse
from panko.filters import Everything, OwnActs, ProjectAndOwnerless, WholeProject
from panko.storage.sql.reading import pages
from panko.storage.sql.reading.plan import plan
from panko.storage.sql.reading.terms import terms

DIALECTS = {"mysql": mysql, "postgresql": postgresql, "sqlite": sqlite}
SCOPES = {
    "everything": Everything(),
    "admin": ProjectAndOwnerless("p"),
    "reader": WholeProject("p"),
    "member": OwnActs("p", "u"),
}
LIMITS = Limits(default=10, maximum=10)
MARKER = pages.Position(datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC), "m")
TYPE_IDS = (5, 6)
NAMED = ("message_id", "eq", "", "m-1")
TYPED = ("event_type", "eq", "", "compute.end")
TIMED = [("start_timestamp", "ge", "", "2026-11-01"), ("end_timestamp", "le", "", "2026-11-02T03:04:05.678901")]
TRAITS = [
    ("state", "ne", "string", "active"),
    ("state", "ne", "string", "active"),
    ("size", "ge", "integer", "7"),
    ("mood", "eq", "string", "😀"),
]
QUESTIONS = {
    "nothing": [],
    "an id": [NAMED],
    "a type": [TYPED],
    "times": TIMED,
    "traits": TRAITS,
    "all but an id": [*TIMED, *TRAITS, TYPED],
    "all of it": [TRAITS[0], TYPED, TRAITS[2], *TIMED, NAMED],
}


def asked(scope, question):
    keys = ("field", "op", "type", "value")
    body = {"q": [dict(zip(keys, one, strict=True)) for one in QUESTIONS[question]]}
    return parse((), body, limits=LIMITS, admin=False).within(scope)


def statements(scope, question):
    """Yield what may be sent for a question."""
    event_filter = asked(scope, question)
    page = parse((), None, limits=LIMITS, admin=False).page
    found = terms(plan(event_filter), TYPE_IDS if TYPED in QUESTIONS[question] else None)
    yield "walk", pages.walk(found, page, MARKER if question == "all but an id" else None)
    if scope == Everything() and found.traits:
        competing = [*found.traits, found.types] if found.types else found.traits
        yield "count", pages.rarity(competing, 20)
        yield "drive", pages.drive(found, page, MARKER, driving=found.traits[0], count=9)
    if found.unknown is not None and found.owned:
        rare = (found.owned[0], found.unknown)
        yield "count inside", pages.rarity(rare, 20)
        yield "drive inside", pages.drive_inside(found, page, MARKER, rare=rare, limit=9)


@pytest.mark.parametrize("name", DIALECTS)
def test_v2_sends_these_statements_and_no_others(golden, name):
    dialect = DIALECTS[name].dialect()
    told = [f"-- the types of a name\n{sql(pages.event_type_ids('compute.end'), dialect)}"]
    for who, scope in SCOPES.items():
        told.append(f"-- {who}, the marker\n{sql(pages.marker('m', scope), dialect)}")
        for question in QUESTIONS if scope == Everything() else ("nothing", "all but an id"):
            told += [
                f"-- {who}, {question}: {way}\n{sql(statement, dialect)}"
                for way, statement in statements(scope, question)
            ]
    golden(f"v2.{name}.sql", "\n\n".join(told) + "\n")


def sql(statement, dialect):
    text = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    return re.sub(r"[ \t]+\n", "\n", text) + ";"
