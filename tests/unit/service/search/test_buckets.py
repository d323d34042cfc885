"""Spans of time that people think in."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panko.asking.search.counting import buckets
from panko.asking.search.counting.arguments import MOST_BUCKETS
from panko.errors import InvalidInputError

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)  # a Sunday
moments = st.datetimes(datetime(1901, 1, 1), datetime(2901, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001
ranges = st.tuples(moments, moments).filter(lambda pair: pair[0] < pair[1])


@given(between=ranges, most=st.integers(1, MOST_BUCKETS))
def test_spans_cover_the_range_once_and_are_no_more_than_wanted(between, most):
    start, end = between
    found = buckets.of_range(start, end, most=most)
    edges = list(found.edges())
    assert 1 <= len(edges) == found.number <= most
    assert edges[0][0] <= start < edges[0][1]
    assert edges[-1][0] < end <= edges[-1][1]
    assert all(one[1] == following[0] for one, following in itertools.pairwise(edges))
    assert all((begin - buckets.MONDAY) % found.width == timedelta() for begin, _end in edges)


@given(between=ranges, most=st.integers(1, MOST_BUCKETS))
def test_no_shorter_span_would_do(between, most):
    start, end = between
    found = buckets.of_range(start, end, most=most)
    for width in buckets.WIDTHS:
        shorter = buckets.width_of(width)
        if shorter < found.width:
            first = start - (start - buckets.MONDAY) % shorter
            assert first + most * shorter < end


@pytest.mark.parametrize(
    ("length", "most", "name", "number"),
    [
        (timedelta(minutes=1), 60, "1s", 60),
        (timedelta(hours=1), 60, "1m", 60),
        (timedelta(hours=6), 60, "10m", 36),
        (timedelta(days=1), 60, "30m", 48),
        (timedelta(days=30), 60, "12h", 61 - 1),
        (timedelta(days=30), 120, "6h", 120),
        (timedelta(days=365), 60, "1w", 53),
        (timedelta(days=365), 10, "8w", 7),
        (timedelta(microseconds=1), 1, "1s", 1),
    ],
)
def test_spans_are_of_a_length_that_people_think_in(length, most, name, number):
    start = NOON if length <= timedelta(days=1) else NOON.replace(hour=0)
    found = buckets.of_range(start, start + length, most=most)
    assert (found.name, found.number) in {(name, number), (name, number + 1)}


@pytest.mark.parametrize(("length", "name"), [(timedelta(minutes=2), "1h"), (timedelta(days=30), "12h")])
def test_spans_are_no_shorter_than_is_wanted(length, name):
    assert buckets.of_range(NOON, NOON + length, most=60, least=timedelta(hours=1)).name == name


@pytest.mark.parametrize(("start", "end"), [(1, 2026), (2026, 9999), (1, 9999)])
def test_a_range_at_the_end_of_the_calendar_is_told_or_cut(start, end):
    between = datetime(start, 1, 1, tzinfo=UTC), datetime(end, 12, 31, 23, 59, 59, tzinfo=UTC)
    try:
        list(buckets.of_range(*between, most=3).edges())
    except InvalidInputError as error:
        assert "end of the calendar" in str(error)  # noqa: PT017 - either is right
