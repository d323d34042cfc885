"""What leads to events is never narrower than what is asked for."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_model import corpus, oracle
from panko.asking.search import expression, parse
from panko.event import TraitType
from panko.filters import (
    And,
    Comparison,
    EventFilter,
    Everything,
    HasTrait,
    Not,
    Or,
    OwnActs,
    ProjectAndOwnerless,
    Since,
    TraitFilter,
    TraitPrefix,
    TypeFilter,
    TypePrefix,
    TypeSuffix,
)
from panko.filters.expressions import normal
from panko.storage.sql.reading.plan import plan
from panko.storage.sql.reading.search.leads import Lead, lead

EVENTS = corpus.events(60)
ERROR, ACTIVE = (TraitFilter("state", TraitType.TEXT, Comparison.EQ, value) for value in ("error", "active"))
START = TypeFilter("compute.start")


def planned(text, scope=None):
    return plan(EventFilter(scope or Everything(), expression(parse(text), id_traits=("resource_id",))))


def test_what_failed_is_led_to_by_types_and_by_values():
    found = planned("outcome:failed").lead
    assert found.types == (TypeSuffix(".error"),)
    assert {(term.name, term.value) for term in found.traits} == {
        *(("state", word) for word in ("error", "Error", "ERROR")),
        *(("outcome", word) for one in ("failure", "failed", "error") for word in (one, one.capitalize(), one.upper())),
    }


@pytest.mark.parametrize("text", ["outcome:ok", "-outcome:failed", "-type:a", "", "outcome:failed id:a"])
def test_what_most_events_are_or_what_has_an_index_of_its_own_has_no_lead(text):
    assert planned(text).lead is None


@pytest.mark.parametrize("scope", [OwnActs("p", "u"), ProjectAndOwnerless("p")])
def test_inside_of_a_scope_nothing_leads_past_the_events_of_others(scope):
    assert planned("outcome:failed", scope).lead is None


def test_of_what_holds_together_the_shortest_leads():
    assert lead(And((Or((ERROR, START)), ACTIVE))) == Lead(traits=(ACTIVE,))
    assert lead(And((Not(ERROR), Or((ERROR, START))))) == Lead((START,), (ERROR,))
    assert lead(Or((Not(ERROR), START))) is None


TERMS = st.sampled_from(
    [
        ERROR,
        ACTIVE,
        START,
        TypePrefix("compute."),
        TypeSuffix(".END"),
        TraitPrefix("state", "a"),
        HasTrait("size"),
        Since(corpus.TIMES[1]),
    ]
)


def inner(expressions):
    several = st.lists(expressions, max_size=3).map(tuple)
    return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, expressions)


@given(st.recursive(TERMS, inner, max_leaves=8))
def test_no_event_that_is_asked_for_is_off_the_lead(asked):
    found = lead(normal(asked))
    if found is not None:
        terms = (getattr(found, field.name) for field in dataclasses.fields(found))
        led = Or(tuple(term for each in terms for term in each))
        for event in EVENTS:
            assert not oracle.holds(event, asked, oracle.exact) or oracle.holds(event, led, oracle.exact)
