"""CSV of the command line runs nothing in a spreadsheet."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panko.api.messages.formats import tables
from panko_client.osc.search import formulas

FORMULA = "=cmd|' /C calc'!A1"


@pytest.fixture
def stored(client):
    traits = [["project_id", 1, "demo"], ["user_id", 1, FORMULA], ["resource_id", 1, "-1.5"], [FORMULA, 1, "that"]]
    generated = "2026-11-22T12:00:00"
    for name, more in (("m1", []), ("m2", [["name", 1, "@that"]])):
        client.create({"message_id": name, "event_type": "a.b", "generated": generated, "traits": traits + more})


@pytest.mark.parametrize(
    "words",
    [
        ("search",),
        ("count", "--since", "2026-11-01", "--by", "user,resource"),
        ("count", "--since", "2026-11-01", "--by", FORMULA),
        ("diff", "m1", "m2", "--same"),
        ("history", "-1.5"),
    ],
)
def test_no_cell_is_a_formula(openstack, stored, words):
    out, _ = (
        openstack(words[0], "-f", "csv", "--", *words[1:]) if "history" in words else openstack(*words, "-f", "csv")
    )
    cells = [cell for row in csv.reader(io.StringIO(out), escapechar="\\") for cell in row]
    assert cells
    assert [cell for cell in cells if cell.startswith(("=", "@"))] == []
    assert "'-1.5" not in cells


def test_other_formats_have_the_text_itself(openstack, stored):
    assert openstack("search", "-f", "value", "-c", "User")[0].splitlines() == [FORMULA, FORMULA]


@given(st.one_of(st.text("=+-@|% \t\n019.eE\uff1d\u00a0a", max_size=5), st.text(max_size=5)))
def test_what_is_a_formula_is_what_the_service_takes_for_one(text):
    assert formulas.guarded(text) == tables.guarded(text)
