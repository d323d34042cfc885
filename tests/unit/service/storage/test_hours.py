"""Runs of hours, and what is between them."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from panko.storage.sql.counts import hours

moments = st.datetimes(timezones=st.just(UTC))


def holds(run, hour):
    return (run.first is None or hour >= run.first) and (run.end is None or hour < run.end)


@given(wanted=st.sets(st.integers(-20, 20)))
def test_runs_hold_their_hours_and_the_rest_is_between_them(wanted):
    found = hours.runs(wanted)
    for hour in range(-25, 25):
        assert sum(holds(run, hour) for run in found) == (hour in wanted)
        assert sum(holds(run, hour) for run in hours.between(found)) == (hour not in wanted)
    assert len(hours.between(found)) == len(found) + 1


@given(moment=moments)
def test_an_event_is_in_its_hour(moment):
    hour = hours.hour_of(moment)
    assert hours.begin_of(hour) <= moment
    assert moment - hours.begin_of(hour) < timedelta(hours=1)


@given(start=moments, end=moments)
def test_whole_hours_are_inside_of_a_range(start, end):
    first, last = hours.inside(start, end)
    if first < last:
        assert start <= hours.begin_of(first)
        assert hours.begin_of(last) <= end
    assert hours.inside(None, None) == (None, None)


def test_an_hour_that_is_whole_counts_from_its_first_moment_to_its_last():
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    first, last = hours.inside(noon, noon + timedelta(hours=1))
    assert last - first == 1
    first, last = hours.inside(noon + timedelta(microseconds=1), noon + timedelta(hours=2))
    assert last - first == 1
