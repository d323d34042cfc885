"""What is read at once is bounded by bytes, and no event is lost or split by that."""

from hypothesis import given
from hypothesis import strategies as st

from panko.storage.sql.rows.chunks import chunks
from panko.storage.sql.rows.events import EventRow
from panko.storage.sql.rows.size import fitting, groups

sizes = st.lists(st.integers(0, 50), max_size=30)


def rows(given_sizes):
    return [EventRow(number, str(number), None, None, None, None, size) for number, size in enumerate(given_sizes)]


def total(some):
    return sum(row.size for row in some)


@given(sizes=sizes, most=st.integers(0, 100))
def test_groups_hold_every_row_in_order_and_no_more_than_fits_or_one(sizes, most):
    found = list(groups(rows(sizes), most))
    assert [row for group in found for row in group] == rows(sizes)
    assert all(group and (len(group) == 1 or total(group) <= most) for group in found)


@given(sizes=sizes, most=st.integers(0, 100))
def test_a_page_ends_only_where_the_next_event_does_not_fit(sizes, most):
    found = fitting(rows(sizes), most)
    assert len(found) >= min(1, len(sizes))
    assert len(found) == len(sizes) or total(found) + sizes[len(found)] > most


@given(values=st.lists(st.integers()), size=st.integers(1, 10))
def test_chunks_are_the_values_cut(values, size):
    found = list(chunks(values, size))
    assert [value for chunk in found for value in chunk] == values
    assert all(0 < len(chunk) <= size for chunk in found)
