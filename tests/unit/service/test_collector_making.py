"""Messages of RabbitMQ as a collector reads them, and what it does with those that are no notification."""

import json

import pytest

from panko.collector.letters import Letter, Reason, RefusedError
from panko.collector.making.intake import Intake
from panko.collector.making.notification import notification, samples

NOTIFIED = {
    "publisher_id": "compute.one",
    "event_type": "compute.instance.create.end",
    "payload": {"tenant_id": "p", "vcpus": 2},
    "priority": "INFO",
    "message_id": "a",
    "timestamp": "2026-11-22 12:00:00.000001",
    "_unique_id": "u",
    "_context_request_id": "req-1",
}
STORED = {
    "message_id": "a",
    "event_type": "compute.instance.create.end",
    "generated": "2026-11-22T12:00:00",
    "traits": [["vcpus", 2, 2]],
    "raw": {},
}


def letter(body, *, tag=1, queue="notifications.info"):
    return Letter(tag, queue, body if isinstance(body, bytes) else json.dumps(body).encode())


def enveloped(message):
    return {"oslo.version": "2.0", "oslo.message": json.dumps(message)}


@pytest.mark.parametrize("form", [lambda message: message, enveloped], ids=["version 1", "version 2"])
def test_a_notification_has_the_form_that_definitions_speak_of(form):
    found = notification(letter(form(NOTIFIED)))
    assert found.priority == "info"
    assert found.event_type == "compute.instance.create.end"
    assert found.body == {
        "ctxt": {"request_id": "req-1", "client_timeout": None},
        "publisher_id": "compute.one",
        "event_type": "compute.instance.create.end",
        "payload": {"tenant_id": "p", "vcpus": 2},
        "metadata": {"message_id": "a", "timestamp": "2026-11-22 12:00:00.000001"},
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b"[1]",
        b'"text"',
        {},
        {"oslo.version": "2.0", "oslo.message": 5},
        {"oslo.version": "2.0", "oslo.message": "{"},
        NOTIFIED | {"message_id": None},
        NOTIFIED | {"event_type": ""},
        NOTIFIED | {"timestamp": 5},
    ],
    ids=lambda body: str(body)[:20],
)
def test_what_is_no_notification_is_unreadable(body):
    with pytest.raises(RefusedError) as refused:
        notification(letter(body))
    assert refused.value.reason is Reason.UNREADABLE


@pytest.mark.parametrize("payload", [None, [], ["a"], [STORED, 5], [{}]], ids=str)
def test_what_holds_no_events_of_ceilometer_is_unreadable(payload):
    with pytest.raises(RefusedError) as refused:
        samples(letter({"payload": payload}, queue="event.sample"))
    assert refused.value.reason is Reason.UNREADABLE


def refuse_forged(event):
    if event["message_signature"] != "good":
        raise RefusedError(Reason.SIGNATURE, "It is forged.")


def intake(convert=lambda found: STORED | {"message_id": found.body["metadata"]["message_id"]}):
    return Intake(convert, check=lambda _event: None, max_raw_bytes=1000)


def test_one_bad_message_leaves_the_others_alone():
    letters = [letter(NOTIFIED | {"message_id": name}, tag=tag) for tag, name in enumerate(["a", "x" * 51, "c"])]
    found = intake().sort([*letters, letter(b"?", tag=9)])
    assert [event.message_id for event in found.events] == ["a", "c"]
    assert [(one.letter.tag, one.reason) for one in found.refusals] == [(1, Reason.INVALID), (9, Reason.UNREADABLE)]
    assert "51 characters" in found.refusals[0].detail


def test_of_a_message_of_several_events_the_good_ones_are_kept_and_it_is_set_aside_once():
    events = [
        STORED | {"message_id": name, "message_signature": signature}
        for name, signature in [("a", "good"), ("b", "bad"), ("c", "good"), ("d", "bad")]
    ]
    found = Intake(lambda _: None, check=refuse_forged, max_raw_bytes=1000).sort(
        [letter({"payload": events}, queue="event.sample")]
    )
    assert [event.message_id for event in found.events] == ["a", "c"]
    assert [one.reason for one in found.refusals] == [Reason.SIGNATURE]


def test_what_no_definition_matches_is_dropped_and_counted():
    found = intake(lambda _: None).sort([letter(NOTIFIED)])
    assert (found.events, found.refusals, found.dropped) == ([], [], 1)


def test_what_breaks_a_converter_is_set_aside_too():
    def broken(_found):
        raise ZeroDivisionError

    found = intake(broken).sort([letter(NOTIFIED)])
    assert [(one.reason, one.detail) for one in found.refusals] == [
        (Reason.INVALID, "No event can be made of it: ZeroDivisionError.")
    ]
