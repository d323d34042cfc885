"""The ledger itself: it has to notice each way in which events can go wrong."""

import pytest

from ledger.attempts import Ledger, Outcome

ACKNOWLEDGED, REFUSED, UNKNOWN = Outcome.ACKNOWLEDGED, Outcome.REFUSED, Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("outcome", "stored"),
    [(ACKNOWLEDGED, ["a", "b"]), (REFUSED, []), (UNKNOWN, []), (UNKNOWN, ["b", "a"])],
)
def test_what_a_producer_knows_may_be_so(outcome, stored):
    ledger = Ledger()
    ledger.enter(["a", "b"], outcome)
    assert ledger.differences(stored) == []


@pytest.mark.parametrize(
    ("outcome", "stored", "words"),
    [
        (ACKNOWLEDGED, ["a"], "1 of 2 are lost: ['b']"),
        (ACKNOWLEDGED, [], "2 of 2 are lost"),
        (ACKNOWLEDGED, ["a", "b", "b"], "stored 2 times: b"),
        (REFUSED, ["a", "b"], "refused, but stored"),
        (REFUSED, ["b"], "refused, but stored"),
        (UNKNOWN, ["b"], "stored in part, 1 of 2 are missing"),
        (UNKNOWN, ["a", "b", "c"], "nobody sent it: c"),
    ],
)
def test_a_difference_is_named(outcome, stored, words):
    ledger = Ledger()
    ledger.enter(["a", "b"], outcome)
    (difference,) = ledger.differences(stored)
    assert words in difference


def test_an_answer_that_nobody_should_get_is_a_difference():
    ledger = Ledger()
    ledger.complain("500 to a batch")
    assert ledger.differences([]) == ["500 to a batch"]
