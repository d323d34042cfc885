"""Which events pass the door, and what their sender is told about the others."""

import functools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panko import validation
from panko.errors import InvalidEventsError, InvalidInputError
from panko.event import Event, Trait, TraitType

GOOD = {
    "message_id": "m1",
    "event_type": "compute.instance.create.end",
    "generated": "2026-11-22T14:45:50.123456",
    "traits": [["service", 1, "host1"]],
    "raw": {},
}


MAX_RAW_BYTES = 4096
NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)


def read(payload):
    return validation.events(payload, max_raw_bytes=MAX_RAW_BYTES, now=NOW)


def posted(**changes):
    return GOOD | changes


def problem(**changes) -> str:
    with pytest.raises(InvalidEventsError) as caught:
        read([posted(**changes)])
    ((index, reason),) = caught.value.problems
    assert index == 0
    return reason


def test_event_of_ceilometer_is_read_whole():
    payload = posted(
        traits=[
            ["service", 1, "compute.host1"],
            ["memory_mb", 2, 512],
            ["elapsed", 3, 1.5],
            ["launched_at", 4, "2026-11-22T14:45:40"],
            ["legacy", 0, "x"],
            ["gone", 2, None],
        ],
        raw={"a": [1, {"b": None}]},
        message_signature="0a0b",
    )
    assert read(payload) == [
        Event(
            message_id="m1",
            event_type="compute.instance.create.end",
            generated=datetime(2026, 11, 22, 14, 45, 50, 123456, tzinfo=UTC),
            traits=(
                Trait("service", TraitType.TEXT, "compute.host1"),
                Trait("memory_mb", TraitType.INTEGER, 512),
                Trait("elapsed", TraitType.FLOAT, 1.5),
                Trait("launched_at", TraitType.DATETIME, datetime(2026, 11, 22, 14, 45, 40, tzinfo=UTC)),
                Trait("legacy", TraitType.TEXT, "x"),
                Trait("gone", TraitType.INTEGER, None),
            ),
            raw={"a": [1, {"b": None}]},
        )
    ]


def test_traits_and_raw_may_be_left_out():
    bare = {key: GOOD[key] for key in ("message_id", "event_type", "generated")}
    (event,) = read(bare)
    assert (event.traits, event.raw) == ((), {})
    assert read(posted(traits=None))[0].traits == ()


def test_zone_is_converted_to_utc():
    (event,) = read(posted(generated="2026-11-22T14:45:50+05:00"))
    assert event.generated == datetime(2026, 11, 22, 9, 45, 50, tzinfo=UTC)
    assert event.generated.utcoffset() == timedelta(0)


def test_no_events_are_fine():
    assert read([]) == []


@pytest.mark.parametrize("payload", [1, "x", None, True])
def test_anything_but_events_is_refused(payload):
    with pytest.raises(InvalidInputError, match="an event or a list of events"):
        read(payload)


def test_every_bad_event_is_named_with_every_reason():
    with pytest.raises(InvalidEventsError) as caught:
        read([posted(), posted(message_id="", raw=[float("inf")]), 3, posted(generated="soon", extra=1)])
    assert [index for index, _reason in caught.value.problems] == [1, 2, 3]
    text = str(caught.value)
    assert "event 1: message_id is empty, raw cannot be stored" in text
    assert "event 2: an event is a JSON object" in text
    assert "event 3: unknown keys 'extra', generated is not an ISO 8601 time" in text


@pytest.mark.parametrize("name", ["message_id", "event_type", "generated"])
def test_what_is_missing_is_named(name):
    with pytest.raises(InvalidEventsError, match=f"event 0: {name} is missing"):
        read({key: value for key, value in GOOD.items() if key != name})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"message_id": "x" * 51}, "message_id is 51 characters long, 50 are the most"),
        ({"message_id": 1}, "message_id is not a string"),
        ({"message_id": "a\x00"}, "message_id cannot be stored: it contains a NUL character"),
        ({"event_type": "x" * 256}, "event_type is 256 characters long, 255 are the most"),
        ({"generated": "0001-01-01T00:00:00+10:00"}, "generated is not an ISO 8601 time"),
        ({"generated": "2026-11-23T15:00:01"}, "generated is more than a day ahead of this server's clock"),
        ({"generated": "9999-12-31"}, "generated is more than a day ahead of this server's clock"),
        ({"generated": "2026-330"}, "generated is not an ISO 8601 time"),
        ({"generated": "2026-330T10:00:00"}, "generated is not an ISO 8601 time"),
        ({"generated": "2026330"}, "generated is not an ISO 8601 time"),
        ({"generated": "2026-W48-4"}, "generated is not an ISO 8601 time"),
        ({"generated": "2026W484"}, "generated is not an ISO 8601 time"),
        ({"generated": 1}, "generated is not a string"),
        ({"traits": {}}, "traits is not a list"),
        ({"traits": [["a", 1]]}, "hold something else than [name, dtype, value]"),
        ({"traits": [["", 1, "x"]]}, "hold a name that is empty"),
        ({"traits": [["x" * 256, 1, "x"]]}, "hold a name that is 256 characters long"),
        ({"traits": [["a", 5, "x"]]}, "hold 'a' of an unknown dtype"),
        ({"traits": [["a", True, "x"]]}, "hold 'a' of an unknown dtype"),
        ({"traits": [["a", -1, "x"]]}, "hold 'a' of an unknown dtype"),
        ({"traits": [["a", 1, "x" * 256]]}, "hold 'a' whose value is 256 characters long"),
        ({"traits": [["a", 1, 5]]}, "hold 'a' whose value is not a string"),
        ({"traits": [["a", 2, "5"]]}, "hold 'a' whose value is not an integer"),
        ({"traits": [["a", 2, 5.0]]}, "hold 'a' whose value is not an integer"),
        ({"traits": [["a", 2, True]]}, "hold 'a' whose value is not an integer"),
        ({"traits": [["a", 2, 2**63]]}, "hold 'a' whose value does not fit into 64 bits"),
        ({"traits": [["a", 3, float("inf")]]}, "hold 'a' whose value is not a finite number"),
        ({"traits": [["a", 3, 10**400]]}, "hold 'a' whose value is not a finite number"),
        ({"traits": [["a", 3, "1.5"]]}, "hold 'a' whose value is not a number"),
        ({"traits": [["a", 4, "soon"]]}, "hold 'a' whose value is not an ISO 8601 time"),
        ({"traits": [["a", 1, "x"], ["a", 1, "y"]]}, "hold 'a' twice as string"),
        ({"traits": [["a", 2, 1], ["A ", 2, 1]]}, "hold 'A ' twice as integer"),
        ({"traits": [["e", 1, "x"], ["é", 1, "x"]]}, "hold 'é' twice as string"),
        ({"raw": "x" * MAX_RAW_BYTES}, "bytes of JSON"),
        ({"raw": [float("inf")]}, "raw cannot be stored: it holds a number beyond the range of a double"),
        ({"raw": [2**64, float("nan")]}, "raw cannot be stored: it holds NaN, which JSON does not have"),
        ({"raw": {"a": [{"b": float("nan")}]}}, "raw cannot be stored: it holds NaN, which JSON does not have"),
    ],
)
def test_event_that_no_database_would_keep_whole_is_refused(changes, reason):
    assert reason in problem(**changes)


@pytest.mark.parametrize("names", [("m2", "m²"), ("か", "が"), ("fi", "ﬁ"), ("ss", "ß"), ("и", "й"), ("e", "e\u0301")])
def test_names_that_only_look_alike_are_two(names):
    (event,) = read(posted(traits=[[name, 1, "x"] for name in names]))
    assert tuple(trait.name for trait in event.traits) == names


def nested(levels, innermost=1, *, in_objects=False):
    return functools.reduce(lambda inner, _: {"a": inner} if in_objects else [inner], range(levels), innermost)


@pytest.mark.parametrize("raw", [2**64, "\ud800", nested(254), nested(254, in_objects=True), nested(254, 2**64)])
def test_raw_is_any_json(raw):
    (event,) = read(posted(raw=raw))
    assert event.raw == raw


@pytest.mark.parametrize("innermost", [1, 2**64, "\ud800", float("nan"), [None]], ids=ascii)
@pytest.mark.parametrize("in_objects", [False, True])
@pytest.mark.parametrize("levels", [255, 300, 900, 100_000])
def test_raw_of_more_levels_than_every_writer_takes_is_refused(innermost, in_objects, levels):
    raw = [0, nested(levels - 1, innermost, in_objects=in_objects), {}]
    assert problem(raw=raw) == "raw is nested too deeply: 254 levels are the most"


def test_zero_has_no_sign():
    (event,) = read(posted(traits=[["a", 3, -0.0]]))
    assert repr(event.traits[0].value) == "0.0"


def test_one_name_may_have_several_types():
    (event,) = read(posted(traits=[["a", 1, "x"], ["a", 2, 1]]))
    assert len(event.traits) == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
)


@given(JSON | st.fixed_dictionaries(dict.fromkeys(GOOD, JSON)))
def test_whatever_is_posted_is_read_or_refused(payload):
    try:
        events = read(payload)
    except InvalidInputError:
        return
    assert all(isinstance(event, Event) for event in events)
