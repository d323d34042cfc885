"""What came of it: the trait, else the suffix, else the state, else nothing bad."""

import pytest

from event_model.telling import event
from panko.stories import Outcome, outcome


@pytest.mark.parametrize(
    ("event_type", "traits", "told"),
    [
        ("compute.instance.create.end", {}, Outcome.OK),
        ("image.create", {}, Outcome.OK),
        ("compute.instance.create.start", {}, Outcome.STARTED),
        ("compute.instance.create.error", {}, Outcome.FAILED),
        ("compute.instance.create.end", {"state": "error"}, Outcome.FAILED),
        ("compute.instance.update", {"state": "ERROR"}, Outcome.FAILED),
        ("compute.instance.create.start", {"state": "error"}, Outcome.FAILED),
        ("compute.instance.create.error", {"state": "active"}, Outcome.FAILED),
        ("compute.instance.create.error", {"outcome": "success"}, Outcome.OK),
        ("identity.authenticate", {"outcome": "failure"}, Outcome.FAILED),
        ("audit.http.request", {"outcome": "pending"}, Outcome.STARTED),
        ("audit.http.response", {"outcome": "success", "state": "error"}, Outcome.OK),
        ("audit.http.response", {"outcome": "unknown"}, Outcome.OK),
        ("audit.http.request", {}, Outcome.STARTED),
        ("compute.instance.create.error", {"outcome": "unknown"}, Outcome.FAILED),
        ("error", {}, Outcome.OK),
    ],
)
def test_an_outcome_is_told_by_the_first_that_says_one(event_type, traits, told):
    assert outcome(event(event_type, **traits)) is told
