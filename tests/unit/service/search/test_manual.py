"""The page about searching says nothing that is not so."""

import re
from pathlib import Path

import pytest

from panko import opts, policies
from panko.asking.search import FilterError, expression, parse, printed
from panko.asking.search.outcome import WORDS
from panko.asking.search.tokens import KEYS
from panko.stories import traits
from panko.stories.outcomes import TOLD

PAGE = (Path(__file__).parents[4] / "docs" / "search.md").read_text()
TABLE = PAGE.partition("| filter | events |")[2].partition("\n\n")[0]
SHOWN = [code for row in TABLE.splitlines() for code in re.findall(r"`([^`]*:[^`]*)`", row.split(" | ")[0])]


@pytest.mark.parametrize("text", SHOWN)
def test_a_filter_that_is_shown_is_one(text):
    assert parse(printed(parse(text))) == parse(text)
    expression(parse(text), id_traits=("resource_id",))


def test_every_key_is_shown():
    assert {token.key for text in SHOWN for token in parse(text).tokens} >= KEYS


def test_every_outcome_is_told():
    assert all(f"`outcome:{word}`" in PAGE for word in WORDS)
    assert all(f"`{word}`" in PAGE for word in TOLD)


def test_every_option_and_policy_of_searches_is_told():
    assert all(f"`[api] {name}`" in PAGE for name in ("search_seconds", "id_traits", "admin_traits"))
    assert all(f"`{rule}`" in PAGE for rule in (policies.SEARCH, policies.SEARCH_PROJECT))


def test_a_resource_is_looked_for_where_stories_find_its_id():
    (default,) = [option.default for option in opts.API if option.name == "id_traits"]
    assert set(default) >= set(traits.IDS)


def test_the_refusal_that_is_shown_is_made():
    (shown,) = re.findall(r"^The filter is wrong .*$", PAGE, re.MULTILINE)
    with pytest.raises(FilterError) as refused:
        parse("type:a web")
    assert str(refused.value) == shown
