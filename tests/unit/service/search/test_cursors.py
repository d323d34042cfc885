"""A cursor keeps all that the next page has to know: where, of which range, and how long a range is quick enough."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from panko.asking.search import cursors, question
from panko.asking.search.cursors import LONGEST_WIDTH, SHORTEST_WIDTH, Cursor
from panko.errors import InvalidInputError
from panko.filters import Position
from panko.storage.sql.reading.search.windows import OLDEST, SHORTEST

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TOMORROW = NOON + timedelta(days=1)
HERE = Position(NOON - timedelta(hours=2), "m")
WIDTH = timedelta(minutes=15)


def asked(now=NOON, **sent):
    return question.read([(name.rstrip("_"), value) for name, value in sent.items()], now=now)


def again(first, width=None, now=TOMORROW, **sent):
    """Ask for the page after one, a day later."""
    return asked(now, **sent, cursor=first.cursor(HERE, last=HERE, width=width))


@pytest.mark.parametrize("sent", [{"from_": "-6h"}, {"from_": "-6h", "to": "-1h"}, {"to": "-1h"}, {"order": "oldest"}])
def test_the_next_page_is_of_the_same_range_whatever_the_clock_says(sent):
    first = asked(**sent)
    following = again(first, **sent)
    assert (following.start, following.end, following.position) == (first.start, first.end, HERE)
    third = again(following, now=TOMORROW + timedelta(days=1), **sent)
    assert (third.start, third.end) == (first.start, first.end)


@pytest.mark.parametrize(
    "other",
    [
        {"filter": "outcome:ok"},
        {"from_": "-7h"},
        {"from_": "-6h", "to": "-1h"},
        {"from_": "-6h", "order": "oldest"},
        {"from_": "-6h", "all_projects": "true"},
    ],
)
def test_a_cursor_is_refused_with_another_question(other):
    first = asked(from_="-6h")
    with pytest.raises(InvalidInputError, match=r"The cursor is of another question\. Send path, filter, from, to,"):
        again(first, **other)


def test_the_next_page_begins_with_the_width_that_was_quick_enough():
    assert again(asked(), WIDTH).width == WIDTH
    assert again(asked()).width is None


def test_a_round_of_following_begins_without_a_width():
    first = asked(follow="60s")
    assert asked(follow="60s", cursor=first.cursor(HERE, last=HERE, width=WIDTH)).width == WIDTH
    assert asked(follow="60s", cursor=first.cursor(None, last=HERE, width=WIDTH)).width is None


def test_every_width_that_is_tried_can_be_kept():
    assert SHORTEST_WIDTH <= SHORTEST
    assert LONGEST_WIDTH >= OLDEST
    for width in (SHORTEST, OLDEST):
        assert cursors.read(cursors.written(Cursor("q", HERE, width=width)), question="q").width == width


@pytest.mark.parametrize("width", [0, -1, 999_999, 10**30, True, "1", None, 1.5, [1]])
def test_a_width_that_nobody_gave_is_refused(width):
    text = base64.urlsafe_b64encode(json.dumps([1, "q", "m", 0, None, None, None, width]).encode()).decode()
    with pytest.raises(InvalidInputError, match="The cursor cannot be read"):
        cursors.read(text.rstrip("="), question="q")


def test_a_cursor_without_a_width_is_as_it_was():
    """Pods of the release before read it, while both are there."""
    text = cursors.written(Cursor("q", HERE))
    assert len(json.loads(base64.urlsafe_b64decode(text + "=="))) == 7
