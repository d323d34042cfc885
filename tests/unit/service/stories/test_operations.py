"""Begins and ends that belong together, and how long it took."""

import dataclasses
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_model.telling import NOON, event
from panko.stories import State, operations
from panko.stories.stems import Phase, phase_of

SILENT = timedelta(hours=1)


def told(*events, now=60):
    found = operations(events, now=NOON + timedelta(seconds=now), silent_after=SILENT)
    return [
        (
            one.begun and one.begun.message_id,
            one.ended and one.ended.message_id,
            one.state.value,
            one.took and one.took.total_seconds(),
        )
        for one in found
    ]


def step(name, phase, at, request="r", **traits):
    return event(f"{name}.{phase}", at, f"{name[0]}{phase[0]}{at}", request_id=request, **traits)


def test_an_end_ends_the_begin_of_its_request():
    found = told(step("boot", "start", 1), step("boot", "start", 2, "other"), step("boot", "end", 9))
    assert found == [("bs1", "be9", "ok", 8), ("bs2", None, "running", 58)]


def test_an_error_and_an_end_in_the_state_error_are_failures():
    found = told(
        step("boot", "start", 1),
        step("boot", "error", 2),
        step("boot", "start", 3, "other"),
        step("boot", "end", 4, "other", state="error"),
    )
    assert [one[2] for one in found] == ["failed", "failed"]


def test_what_is_nested_ends_from_within_and_what_is_repeated_one_after_the_other():
    nested = [step("boot", phase, at) for at, phase in enumerate(("start", "start", "end", "end"))]
    assert [one[:2] for one in told(*nested)] == [("bs0", "be3"), ("bs1", "be2")]
    repeated = [step("boot", phase, at) for at, phase in enumerate(("start", "error", "start", "end"))]
    assert [one[:3] for one in told(*repeated)] == [("bs0", "be1", "failed"), ("bs2", "be3", "ok")]


def test_operations_of_one_request_on_several_things_are_told_apart():
    found = told(
        step("boot", "start", 1, resource_id="a"),
        step("boot", "start", 2, resource_id="b"),
        step("boot", "end", 7, resource_id="a"),
        step("boot", "end", 8, resource_id="b"),
    )
    assert [one[:2] for one in found] == [("bs1", "be7"), ("bs2", "be8")]


def test_a_begin_that_does_not_know_its_thing_yet_takes_the_end_that_does():
    assert told(step("port.create", "start", 1), step("port.create", "end", 2, resource_id="p"))[0][3] == 1
    apart = told(step("boot", "start", 1, resource_id="a"), step("boot", "end", 2, resource_id="b"))
    assert [one[:2] for one in apart] == [("bs1", None), (None, "be2")]


def test_without_a_begin_the_duration_is_unknown():
    assert told(step("boot", "end", 1)) == [(None, "be1", "ok", None)]


def test_without_a_request_the_thing_is_what_they_have_in_common():
    found = told(event("boot.start", 1, "s", resource_id="a"), event("boot.end", 2, "e", resource_id="a"))
    assert found == [("s", "e", "ok", 1)]


def test_a_request_to_an_api_is_one_by_its_id():
    found = told(
        event("audit.http.request", 1, "q", id="c1", outcome="pending", target_id="nova"),
        event("audit.http.request", 2, "x", id="c2", outcome="pending", target_id="nova"),
        event("audit.http.response", 3, "p", id="c1", outcome="failure", target_id="nova"),
    )
    assert found == [("q", "p", "failed", 2), ("x", None, "running", 58)]


@pytest.mark.parametrize(("now", "state"), [(3599, "running"), (3600, "no end seen"), (-5, "running")])
def test_after_a_while_no_end_was_seen(now, state):
    assert told(step("boot", "start", 0), now=now)[0][2:] == (state, max(now, 0) or timedelta())


def test_what_has_no_phases_and_what_has_no_time_is_no_operation():
    timeless = dataclasses.replace(step("boot", "start", 0), generated=None)
    assert told(event("image.create", 1), event("start", 2), timeless) == []


EVENTS = st.lists(
    st.builds(
        lambda stem, phase, at, traits: event(f"{stem}.{phase}", at, f"{stem}.{phase}.{at}.{sorted(traits)}", **traits),
        st.sampled_from(["boot", "volume.attach", "audit.http"]),
        st.sampled_from(["start", "end", "error", "request", "response", "tick"]),
        st.integers(0, 5000),
        st.dictionaries(st.sampled_from(["request_id", "resource_id", "id", "state"]), st.sampled_from(["1", "error"])),
    ),
    max_size=14,
    unique_by=lambda one: one.message_id,
)


@given(EVENTS, st.randoms(use_true_random=False))
def test_the_order_and_repetition_of_the_events_change_nothing(events, dice):
    again = [*events, *events[:5]]
    dice.shuffle(again)
    assert told(*again) == told(*events)


@given(EVENTS)
def test_every_event_with_a_phase_is_in_one_operation_and_no_end_is_before_its_begin(events):
    found = operations(events, now=NOON + timedelta(seconds=4000), silent_after=SILENT)
    inside = [one.message_id for each in found for one in (each.begun, each.ended) if one is not None]
    assert sorted(inside) == sorted(one.message_id for one in events if phase_of(one.event_type) is not Phase.POINT)
    for one in found:
        assert (one.took is None) == (one.begun is None)
        assert one.took is None or one.took >= timedelta()
        if one.begun and one.ended:
            assert one.begun.generated <= one.ended.generated
            assert one.state in {State.OK, State.FAILED}
        if one.ended is None:
            assert one.state is (State.RUNNING if one.took < SILENT else State.NO_END_SEEN)
    begins = [(one.begun or one.ended).generated for one in found]
    assert begins == sorted(begins)
