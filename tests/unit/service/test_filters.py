"""What a tree of filters means, its normal form, and how large it may be."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_model import corpus, oracle
from panko.asking.bounds import MAX_DEPTH, MAX_PARTS, bounded
from panko.errors import InvalidInputError
from panko.event import TraitType
from panko.filters import And, Comparison, MessageIdFilter, Not, Or, Since, TraitFilter, TypeFilter, Until
from panko.filters.expressions import EVERYTHING_MATCHES, NOTHING_MATCHES, conjuncts, normal

EVENTS = corpus.events(60)
NOON = corpus.BEGIN + timedelta(hours=2)
A, B, C = (TraitFilter(name, TraitType.TEXT, Comparison.EQ, "1") for name in "abc")
TERMS = (
    TypeFilter("compute.end"),
    MessageIdFilter(EVENTS[0].message_id),
    Since(NOON),
    Until(NOON),
    TraitFilter("state", TraitType.TEXT, Comparison.NE, "error"),
    TraitFilter("size", TraitType.INTEGER, Comparison.GE, 1),
)


def inner_nodes(expressions):
    several = st.lists(expressions, max_size=3).map(tuple)
    return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, expressions)


trees = st.recursive(st.sampled_from(TERMS), inner_nodes, max_leaves=12)


def found(expression):
    return [event for event in EVENTS if oracle.holds(event, expression, oracle.exact)]


@given(tree=trees)
def test_the_normal_form_means_the_same_and_is_its_own(tree):
    form = normal(tree)
    assert found(form) == found(tree)
    assert normal(form) == form


@given(tree=trees)
def test_in_the_normal_form_not_stands_before_terms_and_what_holds_together_is_flat(tree):
    form = normal(tree)
    if form not in (EVERYTHING_MATCHES, NOTHING_MATCHES):
        assert_normal(form, inside=None)


def assert_normal(form, inside):
    match form:
        case And(inner) | Or(inner):
            assert type(form) is not inside
            assert len(inner) > 1
            for one in inner:
                assert_normal(one, type(form))
        case Not(inner):
            assert not isinstance(inner, And | Or | Not)


@pytest.mark.parametrize(
    ("tree", "together"),
    [
        (EVERYTHING_MATCHES, ()),
        (A, (A,)),
        (And((A, And((B, And((C,)))))), (A, B, C)),
        (And((A, A)), (A, A)),
        (Not(Not(A)), (A,)),
        (Not(Or((A, Not(B)))), (Not(A), B)),
        (Not(And((A, B))), (Or((Not(A), Not(B))),)),
        (And((A, Or((B,)))), (A, B)),
        (And((A, Or(()))), (NOTHING_MATCHES,)),
        (And((A, Or((B, And(()))))), (A,)),
        (Not(EVERYTHING_MATCHES), (NOTHING_MATCHES,)),
        (Or((A, Or((B, C)))), (Or((A, B, C)),)),
    ],
)
def test_what_must_hold_together_is_found_wherever_it_is_said(tree, together):
    assert conjuncts(tree) == together


def nested(levels):
    tree = A
    for _ in range(levels - 1):
        tree = Not(tree)
    return tree


def test_a_filter_may_be_as_deep_and_as_large_as_the_bounds_say():
    largest = And((A,) * (MAX_PARTS - 1))
    for fits in (nested(MAX_DEPTH), largest):
        assert bounded(fits) is fits


@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 100_000])
def test_a_deeper_filter_is_refused_with_what_to_do(levels):
    with pytest.raises(InvalidInputError) as caught:
        bounded(nested(levels))
    assert str(caught.value) == "The filter is nested deeper than 10 levels. Ask with fewer parentheses."


@pytest.mark.parametrize("kind", [And, Or])
def test_each_pair_of_parentheses_is_a_level(kind):
    tree = A
    for _ in range(MAX_DEPTH - 1):
        tree = kind((tree,))
    assert bounded(tree) is tree
    with pytest.raises(InvalidInputError, match="deeper"):
        bounded(kind((tree,)))


def test_a_larger_filter_is_refused_with_what_to_do_however_it_is_put_together():
    shared = A
    for _ in range(MAX_DEPTH - 1):
        shared = And((shared,) * 10)
    for too_large in (And((A,) * MAX_PARTS), shared, Or((EVERYTHING_MATCHES,) * MAX_PARTS)):
        with pytest.raises(InvalidInputError) as caught:
            bounded(too_large)
        assert str(caught.value) == "The filter has more than 300 parts. Split it into several questions."
