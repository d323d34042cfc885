"""The tables of the command line say what the service's say, which it cannot import."""

from datetime import UTC, datetime
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panko import stories
from panko.event import Event, Trait, TraitType
from panko.stories import outcomes as service
from panko.stories import traits
from panko_client.osc.search import outcomes, rows

TYPES = (
    *("a.start", "a.end", "a.error", "image.upload", "start", "error", ".start", ".error", "", "a.START", "a.start."),
    *("http.request", "audit.http.request", "audit.http.response", "http.error", "audit.http.error", "http.start"),
    *("xhttp.request", "a.request", "http", "a.http"),
)
WORDS = (*service.TOLD, "unknown", "", "strange", "active", " error")
CASES = (str.lower, str.upper, str.title, lambda word: word.title().swapcase())
VALUES = st.builds(lambda word, case: case(word), st.sampled_from(WORDS), st.sampled_from(CASES))
NAMED = st.tuples(st.sampled_from(["outcome", "state", "Outcome", "host"]), VALUES)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def event(event_type, pairs):
    return Event("m1", event_type, NOON, tuple(Trait(name, TraitType.TEXT, value) for name, value in pairs))


def document(event_type, pairs):
    """The event as the API shows it."""
    shown = [{"name": name, "type": "string", "value": value} for name, value in pairs]
    return {"message_id": "m1", "event_type": event_type, "generated": "2026-11-22T12:00:00", "traits": shown}


def row(event_type, pairs):
    return dict(zip(rows.EVENT_COLUMNS, rows.event_row(document(event_type, pairs)), strict=True))


@given(st.one_of(st.sampled_from(TYPES), st.text("a.http", max_size=8)), st.lists(NAMED, max_size=4))
def test_an_outcome_is_what_the_service_says(event_type, pairs):
    assert row(event_type, pairs)["Outcome"] == stories.outcome(event(event_type, pairs)).value


@pytest.mark.parametrize("event_type", TYPES)
@pytest.mark.parametrize("pairs", [[], [("state", "ERROR")], [("outcome", "Failure")], [("outcome", "unknown")]])
def test_the_rules_hold_for_each_type(event_type, pairs):
    assert row(event_type, pairs)["Outcome"] == stories.outcome(event(event_type, pairs)).value


def test_the_words_are_the_services():
    assert {word: said.value for word, said in service.TOLD.items()} == outcomes.TOLD
    assert {said.value for said in service.Outcome} == {outcomes.OK, outcomes.FAILED, outcomes.STARTED}


def test_a_thing_is_named_by_the_traits_that_sentences_take():
    assert rows.NAMES == traits.NAMES + traits.IDS
    for name in rows.NAMES:
        assert row("a.b", [(name, "this")])["Resource"] == "this"


@pytest.mark.parametrize("names", [pair for count in (1, 2, 4) for pair in combinations(rows.PEOPLE, count)])
def test_a_person_is_who_the_sentence_names(names):
    pairs = [(name, f"by {name}") for name in reversed(names)]
    told = stories.of_event(event("acme.frobnicate", pairs))
    assert told == f"acme.frobnicate by {row('acme.frobnicate', pairs)['User']}"
