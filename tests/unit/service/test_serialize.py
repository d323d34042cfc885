"""The form of answers, to the letter."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from panko.api.messages import serialize
from panko.api.messages.cloudevents.mapping import batch
from panko.event import Event, Trait, TraitType
from panko.storage.sql.rows.encode import raw_value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"),
        (3.0, "3.0"),
        (1e-07, "1e-07"),
        (1.5e300, "1.5e+300"),
        (100.123456, "100.123456"),
        (-(2**63), "-9223372036854775808"),
        ("", ""),
        (None, "None"),
        (datetime(2014, 1, 1, 5, 0, 6, tzinfo=UTC), "2014-01-01T05:00:06"),
        (datetime(2014, 1, 1, 5, 0, 6, 500000, tzinfo=UTC), "2014-01-01T05:00:06.500000"),
        (datetime(2014, 1, 1, 5, tzinfo=timezone(timedelta(hours=5))), "2014-01-01T00:00:00"),
    ],
)
def test_trait_values_are_texts(value, text):
    assert serialize.trait_value(value) == text


def test_raw_that_was_stored_deeper_than_is_taken_now_is_read():
    text = '{"a":[' * 300 + "]}" * 300
    event = Event("1", "t", None, (), raw_value(text))
    assert serialize.dumps(serialize.event(event)["raw"]).decode() == text
    assert b"".join(serialize.lines([event])).decode().count("[") == 301
    assert json.loads(b"".join(batch([event])))[0]["data"]["raw"] == event.raw


def test_event_is_written_in_the_order_of_the_original():
    event = Event(
        "100", "Bar", datetime(2014, 1, 1, 5, tzinfo=UTC), (Trait("b", TraitType.INTEGER, 101),), {"s": {"n": "ü"}}
    )
    assert serialize.dumps(serialize.event(event)).decode() == (
        '{"message_id":"100","event_type":"Bar","traits":[{"name":"b","value":"101","type":"integer"}],'
        '"generated":"2014-01-01T05:00:00","raw":{"s":{"n":"ü"}}}'
    )


@pytest.mark.parametrize("raw", [{"big": 2**70}, {"half": "\ud800"}])
def test_raw_that_the_original_stored_is_written_even_if_orjson_cannot(raw):
    assert json.loads(serialize.dumps(raw)) == raw


@pytest.mark.parametrize("count", [0, 1, 2, 20000])
def test_array_of_any_length_is_one_document_in_bounded_pieces(count):
    pieces = list(serialize.array({"n": number} for number in range(count)))
    assert json.loads(b"".join(pieces)) == [{"n": number} for number in range(count)]
    assert max(map(len, pieces)) < serialize.CHUNK_BYTES + 100
