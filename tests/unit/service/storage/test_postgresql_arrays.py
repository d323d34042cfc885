"""Columns are written as PostgreSQL reads arrays; that it reads them so is seen by what comes back of it."""

from datetime import datetime

import pytest

from panko.event import TraitType
from panko.storage.sql.engines.postgresql_driver.arrays import array_of


@pytest.mark.parametrize(
    ("values", "array"),
    [
        ((1, -2), "{1,-2}"),
        (("it's", ""), '{"it\'s",""}'),
        (("NULL", None), '{"NULL",NULL}'),
        ((r"a\b", 'say "c"', "{,}"), r'{"a\\b","say \"c\"","{,}"}'),
        ((r"a\b", None, 'say "c"'), r'{"a\\b",NULL,"say \"c\""}'),
        ((0.1, 1e300, None), "{0.1,1e+300,NULL}"),
        ((datetime(2026, 1, 2, 3, 4, 5, 6),), '{"2026-01-02T03:04:05.000006"}'),  # noqa: DTZ001 - in UTC, as it is kept
        ((b"\x00\xff\\",), r'{"\\x00ff5c"}'),
        ((None, None), "{NULL,NULL}"),
    ],
)
def test_an_array_holds_the_values_of_a_column(values, array):
    assert array_of(values) == array


def test_a_text_that_holds_what_divides_texts_is_one_text():
    assert array_of(("a\0b", "c")) == '{"a\0b","c"}'


def test_a_value_of_a_derived_type_is_written_as_one_of_its_base():
    class Text(str):
        __slots__ = ()

    assert array_of((Text('"'), TraitType.INTEGER)) == r'{"\"",2}'


def test_no_other_kind_of_value_is_written():
    with pytest.raises(TypeError):
        array_of((object(),))
