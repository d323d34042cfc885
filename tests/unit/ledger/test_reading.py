"""What a reader makes of all pages together."""

import pytest

from ledger.events import event
from ledger.reading import unlike


def shown(number, **changes):
    """Return an event as the API shows it."""
    sent = event(f"{number:02}", number)
    traits = [{"name": name, "value": str(value)} for name, _, value in sent["traits"]]
    return sent | {"generated": sent["generated"].removesuffix("+00:00"), "traits": traits} | changes


FIRST, SECOND, THIRD = (shown(number) for number in (1, 2, 3))


def test_all_events_in_order_are_right():
    assert unlike([FIRST, SECOND, THIRD], {"01", "02"}, exactly=False) == []
    assert unlike([FIRST, SECOND], {"01", "02"}, exactly=True) == []


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ([SECOND, FIRST], "not in order"),
        ([FIRST, FIRST, SECOND], "on two pages"),
        ([FIRST], "1 are on no page: ['02']"),
        ([FIRST, SECOND, THIRD], "should not be there: ['03']"),
        ([FIRST, SECOND | {"traits": SECOND["traits"][:1]}], "not as it was sent"),
        ([FIRST, SECOND | {"event_type": "other"}], "not as it was sent"),
    ],
)
def test_what_is_wrong_is_named(found, words):
    (problem,) = unlike(found, {"01", "02"}, exactly=True)
    assert words in problem
