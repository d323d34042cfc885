"""Events are followed as they arrive: each once, late ones too, and through outages."""

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from panko_client import Event, Trait
from panko_client.errors import BadRequestError, ServerError
from panko_client.following import Pace
from servers.local_event_api import fault

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PACE = Pace(interval_seconds=2, overlap=timedelta(minutes=5))


def event(name, minutes=0.0):
    return Event(name, "a", NOON + timedelta(minutes=minutes), (Trait("project_id", "demo"),))


def taken(events, count):
    return [one.message_id for one in islice(events, count)]


def test_each_event_is_shown_once_in_the_order_of_its_time(client, time):
    client.create(event("b", 1), event("a", 0), event("before", -1))
    time.then = [
        lambda: client.create(event("c", 2)),
        lambda: None,
        lambda: client.create(event("d", 3), event("e", 3)),
    ]
    assert taken(client.follow(since=NOON, pace=PACE), 5) == ["a", "b", "c", "d", "e"]
    assert time.pauses == [2, 2, 2]


def test_an_event_that_is_stored_late_is_shown(client, time):
    client.create(event("a", 0), event("b", 10))
    time.at = NOON + timedelta(minutes=11)
    time.then = [lambda: client.create(event("late", 6)), lambda: client.create(event("c", 11))]
    assert taken(client.follow(since=NOON, pace=PACE), 4) == ["a", "b", "late", "c"]


def test_an_event_ahead_of_the_clock_hides_none_of_now(client, time):
    client.create(event("ahead", 600))
    time.then = [lambda: client.create(event("now", 0.1))]
    assert taken(client.follow(since=NOON, pace=PACE), 2) == ["ahead", "now"]


def test_what_was_stored_while_nobody_could_ask_is_shown_afterwards(client, api, time):
    client.create(event("a", 0))
    following = client.follow(since=NOON, pace=PACE)
    assert taken(following, 1) == ["a"]
    api.stop()

    def end_the_outage():
        time.at = NOON + timedelta(hours=1)
        api.start()
        client.create(*(event(f"b{number}", number) for number in range(1, 4)))

    time.then = [lambda: None] * 20 + [end_the_outage]
    assert taken(following, 3) == ["b1", "b2", "b3"]


def test_a_failure_in_the_middle_of_the_pages_repeats_nothing(client, api, time, monkeypatch):
    client.create(*(event(f"m{number:04}", number / 1000) for number in range(1500)))
    following = client.follow(since=NOON, pace=PACE)
    assert len(taken(following, 1000)) == 1000
    api.answers += [fault("503 Service Unavailable")] * 12
    assert taken(following, 500) == [f"m{number:04}" for number in range(1000, 1500)]


def test_what_is_wrong_with_the_question_is_raised(client, api):
    api.answers.append(fault("400 Bad Request"))
    with pytest.raises(BadRequestError):
        next(client.follow(since=NOON))


def test_an_outage_may_have_an_end(client, api):
    api.answers += [fault("503 Service Unavailable")] * 100
    with pytest.raises(ServerError):
        next(client.follow(since=NOON, pace=Pace(outage_seconds=40)))


def test_only_what_arrives_from_now_on_is_shown_unless_it_is_asked_for(client, time):
    client.create(event("before", -1))
    time.then = [lambda: client.create(event("after", 1))]
    assert taken(client.follow(pace=PACE), 1) == ["after"]
