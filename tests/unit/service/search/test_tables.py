"""No cell of a table is a formula, however a spreadsheet cuts lines into cells."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_model.telling import event
from panko.api.messages.formats.tables import guarded, table

CUTS = re.compile(r"[;\t\r\n]")
BEGINNINGS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%")


def cells(text):
    return [cell.strip() for cell in CUTS.split(text)]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a;=cmd|' /C calc'!A0", "a;'=cmd|' /C calc'!A0"),
        ("a;  =1", "a;'  =1"),
        ("a\t=1\n@x", "a\t'=1\n'@x"),
        ("=1;=2", "'=1;'=2"),
        ("-5", "-5"),
        ("a;b - c", "a;b - c"),
        ("a;;", "a;;"),
    ],
)
def test_a_formula_is_guarded_wherever_a_cell_may_begin(text, written):
    assert guarded(text) == written


@given(st.text(alphabet=st.sampled_from("a1=+-@|%;\t\r\n \x0b\uff1d'"), max_size=12))
def test_no_text_holds_a_cell_that_begins_as_a_formula(text):
    whole, *inside = cells(guarded(text))
    assert not any(cell.startswith(BEGINNINGS) for cell in inside)
    assert not whole.startswith(BEGINNINGS) or re.fullmatch(r"[+-]?[0-9.]+", guarded(text))


def test_a_table_has_none_in_its_titles_its_values_and_what_came_later():
    first, later = event("a", 0, "m", x=";=1"), event("a;=2", 1, ";=3", **{"y;=4": "z;=5", "x": "1"})
    text = b"".join(table(iter([([first], True), ([later], False)]), None)).decode()
    for row in csv.reader(io.StringIO(text)):
        for cell in row:
            assert not any(one.startswith(BEGINNINGS) for one in cells(cell))
    assert "y;'=4" in text
