"""Ranges of time in which a slow search goes on: they cover everything, once, in order."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from panko.storage.sql.reading.search.windows import Windows

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BEGIN = datetime(1990, 1, 1, tzinfo=UTC)
moments = st.none() | st.integers(0, 37 * 365 * 86400).map(lambda seconds: BEGIN + timedelta(seconds=seconds))


@given(first=moments, last=moments, newest_first=st.booleans(), slow=st.sets(st.integers(0, 20)))
def test_windows_follow_each_other_from_one_end_to_the_other(first, last, newest_first, slow):
    if first and last and (first <= last if newest_first else first >= last):
        return
    windows, edge, seen = Windows(first, last, NOW, newest_first), first, 0
    for number in range(100):
        window = windows.next()
        begin, end = (window.end, window.begin) if newest_first else (window.begin, window.end)
        assert begin == edge
        if number in slow and (narrower := windows.slower()):
            assert narrower.width < windows.width
            windows = narrower
            continue
        seen += 1
        left = windows.after(window)
        if left is None:
            assert end == last
            break
        assert (end < begin if newest_first else begin < end) if begin else True
        windows, edge = left, end
    else:
        raise AssertionError(seen)


def test_a_window_is_never_shorter_than_a_second():
    windows, widths = Windows(NOW, None, NOW, newest_first=True), []
    while windows:
        widths.append(windows.width)
        windows = windows.slower()
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] >= timedelta(seconds=1)
