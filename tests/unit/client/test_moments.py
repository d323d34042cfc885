"""Times as people write them."""

import argparse
from datetime import UTC, datetime, timedelta

import pytest

from panko_client import moments
from panko_client.errors import InputError
from panko_client.osc import filters

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("90s", "2026-11-22T11:58:30"),
        ("10m", "2026-11-22T11:50:00"),
        ("2h", "2026-11-22T10:00:00"),
        ("3d", "2026-11-19T12:00:00"),
        ("1w", "2026-11-15T12:00:00"),
        ("2026-11-22T14:45:50.5", "2026-11-22T14:45:50.500000"),
        ("2026-11-22T14:45:50Z", "2026-11-22T14:45:50"),
        ("2026-11-22T14:45:50+02:00", "2026-11-22T12:45:50"),
        ("2026-11-22", "2026-11-22T00:00:00"),
    ],
)
def test_a_time_is_read(text, told):
    assert moments.written(moments.parse(text, NOON)) == told


@pytest.mark.parametrize("text", ["", "10", "10x", "-1h", "yesterday", "999999w", "2026-13-01", "\u0661h"])
def test_what_is_no_time_is_told_with_what_to_write(text):
    with pytest.raises(InputError, match="write how long ago, such as 10m"):
        moments.parse(text, NOON)


def test_an_option_is_a_time_from_now_on_or_wrong_usage():
    assert abs(datetime.now(UTC) - timedelta(hours=2) - moments.option("2h")) < timedelta(minutes=1)
    with pytest.raises(argparse.ArgumentTypeError, match="write how long ago"):
        moments.option("yesterday")


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "", "\u0661", "9" * 19, "9" * 5000])
def test_a_number_of_rows_is_one_or_more(text):
    with pytest.raises(argparse.ArgumentTypeError, match="write 1 or more"):
        filters.number(text)
    assert filters.number("1") == 1
