"""What a filter means: a tree of terms, and which events that holds for."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_model import oracle
from panko.asking.search import expression, meaning, parse
from panko.asking.search.outcome import WORDS
from panko.event import Event, Trait, TraitType
from panko.filters import (
    And,
    Comparison,
    HasTrait,
    MessageIdFilter,
    Not,
    Or,
    TraitFilter,
    TraitPrefix,
    TypeFilter,
    TypePrefix,
)
from panko.filters.expressions import normal
from panko.stories import outcome
from panko.stories.outcomes import TOLD

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ID_TRAITS = ("resource_id", "instance_id")
A, B = TypeFilter("a"), TypeFilter("b")


def means(text):
    return normal(expression(parse(text), id_traits=ID_TRAITS))


def text(name, value):
    return TraitFilter(name, TraitType.TEXT, Comparison.EQ, value)


def number(kind, comparison, value):
    return TraitFilter("size", kind, comparison, value)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", And(())),
        ("type:a", A),
        ("type:a,b", Or((A, B))),
        ("type:a type:b", Or((A, B))),
        ("type:a host:x type:b", And((Or((A, B)), text("host", "x")))),
        ("-type:a", Not(A)),
        ("-type:a,b", And((Not(A), Not(B)))),
        ("type:a -type:b", And((Not(B), A))),
        ("type:a.*", TypePrefix("a.")),
        ("id:1", MessageIdFilter("1")),
        ("has:x", HasTrait("x")),
        ("has:x has:y", And((HasTrait("x"), HasTrait("y")))),
        ("has:x,y", Or((HasTrait("x"), HasTrait("y")))),
        ("request:r", text("request_id", "r")),
        ("user:u project:p", And((text("user_id", "u"), text("project_id", "p")))),
        ("service:s*", TraitPrefix("service", "s")),
        ("resource:r", Or((text("resource_id", "r"), text("instance_id", "r")))),
        ("resource:r*", Or((TraitPrefix("resource_id", "r"), TraitPrefix("instance_id", "r")))),
        ('"type":a', text("type", "a")),
        ("user:512", text("user_id", "512")),
        (
            "size:512",
            Or(
                (
                    text("size", "512"),
                    number(TraitType.INTEGER, Comparison.EQ, 512),
                    number(TraitType.FLOAT, Comparison.EQ, 512.0),
                )
            ),
        ),
        ('size:"512"', text("size", "512")),
        ("size:1.5", Or((text("size", "1.5"), number(TraitType.FLOAT, Comparison.EQ, 1.5)))),
        (
            "size:>1.5",
            Or((number(TraitType.INTEGER, Comparison.GE, 2), number(TraitType.FLOAT, Comparison.GT, 1.5))),
        ),
        (
            "size:<=1.5",
            Or((number(TraitType.INTEGER, Comparison.LE, 1), number(TraitType.FLOAT, Comparison.LE, 1.5))),
        ),
        (
            "size:>=1 size:<2",
            And(
                (
                    Or((number(TraitType.INTEGER, Comparison.GE, 1), number(TraitType.FLOAT, Comparison.GE, 1.0))),
                    Or((number(TraitType.INTEGER, Comparison.LT, 2), number(TraitType.FLOAT, Comparison.LT, 2.0))),
                )
            ),
        ),
        ("at:>2026-11-22T12:00:00", TraitFilter("at", TraitType.DATETIME, Comparison.GT, NOON)),
        (
            "at:2026-11-22T13:00:00+01:00",
            Or(
                (
                    text("at", "2026-11-22T13:00:00+01:00"),
                    TraitFilter("at", TraitType.DATETIME, Comparison.EQ, NOON),
                )
            ),
        ),
        ("at:2026-13-22", text("at", "2026-13-22")),
        ("size:1e999", text("size", "1e999")),
    ],
)
def test_a_filter_means(asked, expected):
    assert means(asked) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("type:a host:x has:y", ["host", "y"]),
        ("resource:r request:q", ["resource_id", "instance_id", "request_id"]),
        ('outcome:ok "id":5 -size:>5', ["outcome", "state", "id", "size"]),
    ],
)
def test_the_traits_that_are_asked_for_are_known(asked, expected):
    assert [name for name, _token in meaning.names(parse(asked), id_traits=ID_TRAITS)] == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("resource:r", Or((text("id", "r"), text("path", "/s/r"), text("path", "/s/r/do"), text("no hole=x", "r")))),
        ("resource:r*", Or((*(TraitPrefix(*one) for one in (("id", "r"), ("path", "/s/r"), ("no hole=x", "r"))),))),
    ],
)
def test_a_resource_is_named_by_a_path_too(asked, expected):
    places = ("id", "path=/s/{id}", "path=/s/{id}/do", "no hole=x")
    assert normal(expression(parse(asked), id_traits=places)) == normal(expected)
    assert [name for name, _token in meaning.names(parse(asked), id_traits=places)] == ["id", "path", "no hole=x"]


def event(kind, traits):
    return Event("1", kind, NOON, tuple(Trait(name, TraitType.TEXT, value) for name, value in traits.items()))


words = st.sampled_from([*TOLD, "unknown", "odd", "error", "active"]).flatmap(
    lambda word: st.sampled_from([word, word.capitalize(), word.upper(), word[0] + word[1:].upper()])
)
parts = st.sampled_from(["compute", "http", "audit", "start", "end", "error", "request", "response", "exists"])
events = st.builds(
    event,
    st.lists(parts, min_size=1, max_size=3).map(".".join),
    st.dictionaries(st.sampled_from(["outcome", "state", "status"]), words, max_size=2),
)


@given(happened=events)
def test_an_outcome_is_the_one_that_the_story_tells(happened):
    found = {word for word in WORDS if oracle.holds(happened, means(f"outcome:{word}"), oracle.exact)}
    assert found == {outcome(happened).value}


def test_an_outcome_that_nobody_knows_is_asked_for_as_it_is():
    assert means("outcome:odd") == text("outcome", "odd")
