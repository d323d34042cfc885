"""What a path names may have slashes in it, as objects of a store have: `a%2Fb` is one name."""

import dataclasses
from urllib.parse import quote

import falcon.testing
import pytest

from fakes.browser import ADMIN, NOAUTH, event
from panko.api import slashes
from panko.explore.session.following import following, here

NAMES = ["a/b", "/", "//a/", "a%2Fb", "a/events", "é/ü", "x/../y"]
PATHS = {
    "event": "/v2/events/{}",
    "history": "/v2/resources/{}/events",
    "trace": "/v2/requests/{}/events",
    "an event's screen": "/explore/events/{}",
    "a story": "/explore/resources/{}",
    "a request": "/explore/requests/{}",
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_a_name_with_slashes_is_found(make_client, connection, name, path):
    connection.record_events([dataclasses.replace(event(1, resource_id=name, request_id=name), message_id=name)])
    answer = make_client(NOAUTH).simulate_get(path.format(quote(name, safe="")), headers=ADMIN)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("name", NAMES)
def test_traits_of_types_with_slashes_are_found(make_client, connection, name):
    connection.record_events([event(1, name, **{name: "seen"})])
    (found,) = (
        make_client(NOAUTH)
        .simulate_get(f"/v2/event_types/{quote(name, safe='')}/traits/{quote(name, safe='')}", headers=ADMIN)
        .json
    )
    assert found["value"] == "seen"


def test_a_path_stays_as_it_is_where_its_text_is_another_or_is_not_known():
    for known in ({}, {"RAW_URI": "*"}, {"REQUEST_URI": "http://host/v2/events/c%2Fd"}):
        environ = {"PATH_INFO": "/v2/events/a/b", **known}
        slashes.set_aside(environ)
        assert environ["PATH_INFO"] == "/v2/events/a/b"


def test_what_stands_before_a_path_is_passed_over():
    environ = {
        "PATH_INFO": "/v2/events/a/b",
        "SCRIPT_NAME": "/pan/ko",
        "REQUEST_URI": "/pan%2Fko/v2/events/a%2fb?x=%2F",
    }
    slashes.set_aside(environ)
    assert environ["PATH_INFO"] == "/v2/events/a\0b"


def test_the_address_of_a_screen_has_them_as_they_were_written():
    environ = falcon.testing.create_environ("/explore/resources/a%2Fb/c", query_string="from=-1h")
    slashes.set_aside(environ)
    request = falcon.Request(environ)
    assert here(request) == following(request, here(request)) == "/explore/resources/a%2Fb/c?from=-1h"
