"""Rows written as literals are those that PyMySQL would write, and no log shows them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymysql.converters import encoders, escape_item

from panko.storage.sql.engines.mysql_driver.literals import rows_of

# Texts of both halves of what a session reads: what is escaped, and what separates texts on their way.
TEXTS = st.text(st.sampled_from("a'\"\\\0\n%é☃😀"), max_size=8)
ROWS = st.lists(
    st.tuples(
        st.integers(),
        TEXTS,
        st.none() | TEXTS,
        st.none() | st.integers(),
        st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.just(Decimal("1.5")) | TEXTS,
    ),
    min_size=1,
    max_size=6,
)


def written(value):
    """Write one value; of texts PyMySQL escapes more than has to be, and both read the same."""
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return escape_item(value, "utf8mb4", encoders)


@given(ROWS)
def test_a_row_is_what_each_of_its_values_is(rows):
    (literal,) = rows_of(rows)
    assert literal.literal == ",".join(f"({','.join(map(written, row))})" for row in rows)


@given(st.lists(st.text(max_size=20), min_size=1, max_size=20), st.integers(1, 60))
def test_rows_are_cut_where_they_have_enough_bytes(texts, most_bytes):
    rows = [(number, text) for number, text in enumerate(texts)]
    chunks = [chunk.literal for chunk in rows_of(rows, most_bytes)]
    assert ",".join(chunks) == ",".join(f"({','.join(map(written, row))})" for row in rows)
    for chunk in chunks:
        assert len(chunk.encode()) <= most_bytes or chunk in map(one, rows)


def one(row):
    return f"({','.join(map(written, row))})"


@pytest.mark.parametrize("show", [repr, str, "{}".format])
def test_what_is_stored_is_not_shown(show):
    (rows,) = rows_of([(1, "s3cret")])
    assert "s3cret" not in show(rows)
