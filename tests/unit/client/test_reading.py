"""The Python client reads what the API has: pages, one event, and what types and traits there are."""

from datetime import UTC, datetime, timedelta

import pytest
from keystoneauth1.adapter import Adapter
from keystoneauth1.session import Session
from keystoneauth1.token_endpoint import Token

from panko_client import Event, EventClient, Filter, Trait
from panko_client.errors import (
    BadRequestError,
    IdentityError,
    NotFoundError,
    RequestError,
    ServerError,
    TooManyRequestsError,
    UnexpectedAnswerError,
    UnreachableError,
)
from servers.local_event_api import fault

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def event(number=0, *traits, kind="volume.create.end"):
    return Event(f"m{number:03}", kind, NOON + timedelta(minutes=number), (Trait("project_id", "demo"), *traits))


def ids(events):
    return [one.message_id for one in events]


def test_what_is_stored_is_read_again_with_the_types_of_its_traits(client):
    traits = (
        Trait("deleted_at", NOON, "datetime"),
        Trait("project_id", "demo"),
        Trait("ratio", 0.5, "float"),
        Trait("size", 40, "integer"),
    )
    sent = Event("m1", "volume.create.end", NOON, traits, {"a": [1]})
    client.create(sent)
    assert client.show("m1") == sent
    assert client.show("m1").trait("size") == 40
    assert client.show("m1").trait("no") is None


def test_a_trait_that_is_null_is_read_as_none(client):
    client.create({**event().wire(), "traits": [["project_id", 1, "demo"], ["size", 2, None]]})
    assert client.show("m000").trait("size") is None


def test_a_list_is_read_to_its_end_page_by_page_and_only_as_far_as_it_is_wanted(client, api):
    client.create(*(event(number) for number in range(7)))
    found = client.list(page_size=3)
    api.asked.clear()
    assert ids([next(found)]) == ["m000"]
    assert len(api.asked) == 1
    assert ids(found) == [f"m{number:03}" for number in range(1, 7)]
    assert len(api.asked) == 4  # three pages, and the empty one that is the end


def test_a_list_has_a_limit_and_begins_after_a_marker(client):
    client.create(*(event(number) for number in range(7)))
    assert ids(client.list(limit=4, page_size=3)) == ["m000", "m001", "m002", "m003"]
    assert ids(client.list(marker="m004")) == ["m005", "m006"]
    assert ids(client.list(sort=["generated:desc"], limit=1)) == ["m006"]


def test_a_list_is_of_a_time_a_type_and_traits_of_which_all_hold(client):
    client.create(
        event(0, Trait("size", 9, "integer")),
        event(1, Trait("size", 10, "integer")),
        event(2, Trait("size", 10, "integer"), kind="volume.delete.end"),
        event(3, Trait("size", 10, "integer")),
    )
    large = Filter("size", "9", "gt", "integer")
    assert ids(client.list(large)) == ["m001", "m002", "m003"]
    assert ids(client.list(large, event_type="volume.create.end")) == ["m001", "m003"]
    assert ids(client.list(since=NOON + timedelta(minutes=1), until=NOON + timedelta(minutes=2))) == ["m001", "m002"]


def test_events_of_other_projects_are_listed_when_they_are_asked_for(client):
    client.create(Event("m1", "a", NOON, (Trait("project_id", "other"),)))
    assert ids(client.list()) == []
    assert ids(client.list(all_tenants=True)) == ["m1"]


def test_types_and_traits_are_read_with_names_that_have_to_be_quoted(client):
    client.create(event(0, Trait("b c?", 5, "integer"), kind="x y ü#"))
    assert client.event_types() == ["x y ü#"]
    assert ("b c?", "integer") in [(one.name, one.type) for one in client.trait_descriptions("x y ü#")]
    assert client.traits("x y ü#", "b c?") == [Trait("b c?", 5, "integer")]


def test_capabilities_are_read(client):
    assert client.capabilities()["api"]["events:create"] is True


def test_an_error_has_a_kind_a_status_a_message_and_the_id_of_the_request(client):
    with pytest.raises(NotFoundError) as caught:
        client.show("no")
    error = caught.value
    assert error.status == 404
    assert "no" in error.message
    assert error.request_id.startswith("req-")
    assert str(error) == f"{error.message} (HTTP 404, {error.request_id})"


def test_an_argument_that_is_wrong_is_told_and_not_tried_again(client, api):
    with pytest.raises(BadRequestError, match="Marker no not found"):
        list(client.list(marker="no"))
    assert len(api.asked) == 1


@pytest.mark.parametrize("status", ["408 Request Timeout", "429 Too Many Requests", "500 x", "502 x", "503 x", "504 x"])
def test_what_may_heal_is_tried_again(client, api, time, status):
    client.create(event())
    api.answers += [fault(status), fault(status)]
    assert ids(client.list()) == ["m000"]
    assert time.pauses == [1, 2]


def test_retry_after_is_honoured(client, api, time):
    api.answers += [fault("503 Service Unavailable", retry_after="5"), fault("429 x", retry_after="7")]
    assert list(client.list()) == []
    assert time.pauses == [5, 7]


def test_patience_ends(client, api, time):
    api.answers += [fault("503 Service Unavailable", "The database does not answer.")] * 100
    with pytest.raises(ServerError, match="The database does not answer"):
        list(client.list())
    assert 15 <= time.seconds <= 30


def test_an_outage_is_waited_for(client, api, time):
    client.create(event())
    api.stop()
    time.then = [api.start]
    assert ids(client.list()) == ["m000"]


def test_a_server_that_stays_away_is_told(client, api):
    api.stop()
    with pytest.raises(UnreachableError, match=r"^No answer: [^(?]+/v2/events\.$") as caught:
        list(client.list())
    assert caught.value.status is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("301 x", RequestError),
        ("400 x", UnexpectedAnswerError),
        ("429 x", TooManyRequestsError),
        ("501 x", ServerError),
    ],
)
def test_somebody_elses_page_is_told_by_its_status(client, api, status, kind):
    api.answers += [(status, [("Content-Type", "text/html"), ("Location", "http://127.0.0.1:1/")], b"<html>")] * 100
    with pytest.raises(kind) as caught:
        client.capabilities()
    assert str(caught.value.status) == status[:3]


@pytest.mark.parametrize("body", [b"<html>", b"{}", b"[1]", b"null"])
def test_an_answer_that_is_no_list_of_events_is_told(client, api, body):
    api.answers.append(("200 OK", [("Content-Type", "application/json")], body))
    with pytest.raises(UnexpectedAnswerError, match="is this the event API"):
        list(client.list())


def test_a_cloud_without_the_service_is_told():
    class Nowhere(Token):
        def get_endpoint(self, *_, **__):
            return None

    client = EventClient(Adapter(Session(auth=Nowhere("http://127.0.0.1:1", "t")), service_type="event"))
    with pytest.raises(IdentityError, match="no endpoint of the service type event"):
        client.capabilities()
