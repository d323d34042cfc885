"""The Python client stores: in batches, and again when it is not known what became of one."""

from datetime import UTC, datetime

import pytest

from panko_client import Event, EventClient, Trait
from panko_client.delivery import Stored, batches, deliver
from panko_client.errors import ConflictError, ForbiddenError, InputError, ServerError, UnexpectedAnswerError
from panko_client.event import encoded, posted
from servers.local_event_api import Lost, fault

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Json:
    def __init__(self, document):
        self.body = encoded(document)


def event(message_id, **attributes):
    return Event(message_id, "volume.create.end", NOON).wire() | attributes


def outcome(pieces):
    """Return the counts of what was stored, and the ids and statuses of what was refused."""
    pieces = list(pieces)
    created = sum(piece.stored.created for piece in pieces if piece.stored)
    refused = [(posted_id(piece.events[0]), piece.refusal.status) for piece in pieces if piece.refusal]
    return created, refused


def posted_id(one):
    return one.body.decode().split('"')[3]


def test_events_are_stored_in_batches_and_counted(client, api):
    assert client.create(*(event(f"m{number}") for number in range(5)), batch_events=2) == Stored(5, 0)
    assert len(api.asked) == 3
    assert client.create_all(iter([event("m0"), event("new")])) == Stored(1, 1)


def test_nothing_is_asked_for_no_event(client, api):
    assert client.create() == Stored(0, 0)
    assert api.asked == []


def test_an_answer_that_got_lost_doubles_nothing(client, api):
    api.answers.append(Lost())
    assert client.create(event("m1")) == Stored(0, 1)
    assert api.ids() == ["m1"]


def test_another_event_under_an_id_is_a_conflict(client):
    client.create(event("m1"))
    with pytest.raises(ConflictError, match="m1"):
        client.create(event("m1", event_type="another"))


@pytest.mark.parametrize("answer", [b"{}", b'{"created": "1", "duplicates": 0}', b"[]", b"x"])
def test_an_answer_that_does_not_say_what_was_stored_is_no_success(client, api, answer):
    api.answers.append(("201 Created", [("Content-Type", "application/json")], answer))
    with pytest.raises(UnexpectedAnswerError):
        client.create(event("m1"))


@pytest.mark.parametrize("value", [float("nan"), {1}, NOON])
def test_an_event_that_no_json_can_hold_is_told(client, value):
    with pytest.raises(InputError, match="cannot be written as JSON"):
        client.create(event("m1", raw={"value": value}))


def test_a_trait_of_an_unknown_type_is_told(client):
    with pytest.raises(InputError, match="of no known type; take one of string, integer"):
        client.create(Event("m1", "a", NOON, (Trait("size", 1, "int"),)))


def test_what_the_api_shows_can_be_posted_again(client):
    client.create(Event("m1", "a", NOON, (Trait("project_id", "demo"), Trait("size", 4, "integer"))))
    assert client.create(posted(client.document("m1"))) == Stored(0, 1)


@pytest.mark.parametrize("bad", [{3}, {0, 9}, set(range(10)), {4, 5}])
def test_an_event_that_is_refused_holds_up_no_other(client, api, bad):
    events = [event(f"m{number}", **({"generated": "never"} if number in bad else {})) for number in range(10)]
    created, refused = outcome(deliver(client.post, [Json(one) for one in events]))
    assert created == 10 - len(bad)
    assert refused == [(f"m{number}", 400) for number in sorted(bad)]
    assert api.ids() == [f"m{number}" for number in range(10) if number not in bad]


def test_a_conflict_and_an_event_that_is_too_large_are_found_too(client, api):
    client.create(event("m1"))
    large = event("m3", raw={"a": "x" * 9_000_000})
    sent = [event("m0"), event("m1", event_type="another"), event("m2"), large]
    created, refused = outcome(deliver(client.post, [Json(one) for one in sent]))
    assert (created, refused) == (2, [("m1", 409), ("m3", 413)])


@pytest.mark.parametrize("bad", [{3}, {0, 9}, set(range(10))])
def test_an_event_that_the_account_may_not_store_holds_up_no_other(confined_adapter, confined_api, bad):
    client = EventClient(confined_adapter)
    events = [event(f"m{number}", **({"event_type": "other"} if number in bad else {})) for number in range(10)]
    created, refused = outcome(deliver(client.post, [Json(one) for one in events]))
    assert created == 10 - len(bad)
    assert refused == [(f"m{number}", 403) for number in sorted(bad)]
    assert confined_api.ids() == [f"m{number}" for number in range(10) if number not in bad]


@pytest.mark.parametrize("named", ["event type a", "no project_id", "project other"])
def test_a_403_is_the_events_whichever_of_them_it_names_and_the_logins_otherwise(client, api, named):
    api.answers.append(fault("403 Forbidden", f"event 0: {named}. Publisher nova may store events of the eve…"))
    (settled,) = deliver(client.post, [Json(event("m1"))])
    assert settled.refusal.message.startswith(f"event 0: {named}")
    api.answers.append(fault("403 Forbidden", "RBAC Authorization Failed"))
    with pytest.raises(ForbiddenError, match="RBAC"):
        list(deliver(client.post, [Json(event("m1"))]))


@pytest.mark.parametrize("raw", [None, [], [1, {"a": None}], 0, 5, False, "", "text", {}, {"a": 1}])
def test_whatever_json_raw_is_comes_back_as_it_was(client, raw):
    traits = (Trait("project_id", "demo"),)
    client.create(Event("m1", "a", NOON, traits, raw))
    assert client.show("m1").raw == raw
    assert posted(client.document("m1"))["raw"] == raw
    assert client.create(client.show("m1")) == Stored(0, 1)


@pytest.mark.parametrize(("status", "kind"), [("503 x", ServerError), ("403 x", ForbiddenError)])
def test_what_is_no_events_fault_is_raised_and_refuses_none(client, api, status, kind):
    api.answers += [fault(status)] * 100
    with pytest.raises(kind):
        list(deliver(client.post, [Json(event("m1"))]))


def test_a_400_that_is_not_the_apis_refuses_no_event(client, api):
    api.answers.append(("400 Bad Request", [("Content-Type", "text/html")], b"<h1>Bad request</h1>"))
    with pytest.raises(UnexpectedAnswerError):
        list(deliver(client.post, [Json(event("m1"))]))


def test_a_batch_is_bounded_by_events_and_by_bytes_and_holds_one_at_least():
    def sizes(most, most_bytes, *lengths):
        class Sized:
            def __init__(self, length):
                self.body = b"x" * length

        return [[len(one.body) for one in batch] for batch in batches(map(Sized, lengths), most, most_bytes)]

    assert sizes(2, 100, 1, 1, 1) == [[1, 1], [1]]
    assert sizes(9, 100, 60, 30, 20, 500, 1) == [[60, 30], [20], [500], [1]]
    assert sizes(9, 100) == []
