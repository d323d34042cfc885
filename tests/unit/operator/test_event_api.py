"""What counts as an answer of the API, whatever its policy lets the service user do."""

import contextlib
import json
import threading
import wsgiref.simple_server

import pytest

from panko import policies
from panko.api.callers.enforcer import REFUSAL
from panko.api.messages.faults import Fault
from panko.api.middleware.request_id import identified
from panko_operator.errors import EventAPIError
from panko_operator.event_api import EventAPIClient


class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


@contextlib.contextmanager
def serving(application):
    """Serve WSGI on loopback; yield the URL."""
    with wsgiref.simple_server.make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def answering(status, body):
    """Return an application that always says the same."""

    def application(_environ, start_response):
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    return application


def query(url):
    EventAPIClient(lambda _admin, _user: "token").query(url, None, None)


def refusal():
    fault = Fault(403, REFUSAL)
    return answering("403 Forbidden", fault.rendered(None)[1])


def test_a_refusal_by_the_policy_proves_the_api_as_well_as_an_answer():
    with serving(identified(refusal(), None)) as url:
        query(url)
    with serving(identified(answering("200 OK", b"[]"), None)) as url:
        query(url)


@pytest.mark.parametrize(
    "application",
    [
        refusal(),  # in the right words, but not by the API
        identified(answering("403 Forbidden", b"<html>no</html>"), None),
        identified(answering("403 Forbidden", b'{"error": {"code": 403}}'), None),
        identified(answering("403 Forbidden", json.dumps([policies.INDEX]).encode()), None),
        identified(answering("401 Unauthorized", Fault(401, "no").rendered(None)[1]), None),
        identified(answering("503 Service Unavailable", Fault(503, "no").rendered(None)[1]), None),
        identified(answering("200 OK", b"{}"), None),
    ],
)
def test_any_other_refusal_is_none_of_the_policy(application):
    with serving(application) as url, pytest.raises(EventAPIError, match=r"answered \d{3}"):
        query(url)
