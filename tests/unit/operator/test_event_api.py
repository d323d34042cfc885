"""What counts as an answer of the API, whatever its policy lets the service user do."""

import contextlib
import json
import ssl
import threading
import wsgiref.simple_server
from datetime import UTC, datetime, timedelta

import pytest

from panko import policies
from panko.api.callers.enforcer import REFUSAL
from panko.api.messages.faults import Fault
from panko.api.middleware.request_id import identified
from panko.event import Event
from panko_operator.errors import EventAPIError
from panko_operator.event_api import EventAPIClient
from panko_operator.world.values import Freshness, Proof, ServiceFreshness, Token
from servers.authority import Authority
from servers.local_event_api import LocalEventApi

NEVER = datetime.max.replace(tzinfo=UTC)


class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


@contextlib.contextmanager
def serving(application, *, pair=None):
    """Serve WSGI on loopback, with TLS where there is a pair of files; yield the URL."""
    with wsgiref.simple_server.make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        if pair:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*pair)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"{'https' if pair else 'http'}://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def answering(status, body):
    """Return an application that always says the same."""

    def application(_environ, start_response):
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    return application


def query(url, proof=None):
    EventAPIClient(lambda _admin, _user: Token("token", NEVER)).query(url, None, None, proof=proof)


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


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


def test_the_name_that_the_certificate_has_is_asked_for_wherever_the_url_leads(authority):
    with serving(answering("200 OK", b"[]"), pair=authority.sign("events.example.org")) as url:
        query(url, Proof(authority.ca.read_text(), "events.example.org"))


@pytest.mark.parametrize("kind", ["another name", "another authority", "the system's trust"])
def test_who_does_not_prove_to_be_the_api_gets_no_token_and_somebody_is_told_what_to_write(authority, tmp_path, kind):
    seen = []

    def application(environ, start_response):
        seen.append(environ["HTTP_X_AUTH_TOKEN"])
        return answering("200 OK", b"[]")(environ, start_response)

    other = {"another authority": Authority(tmp_path).ca.read_text(), "the system's trust": ""}
    name = "b.example.org" if kind == "another name" else "a.example.org"
    proof = Proof(other.get(kind, authority.ca.read_text()), name)
    with (
        serving(application, pair=authority.sign("a.example.org")) as url,
        pytest.raises(EventAPIError, match=r"shows a certificate that is not trusted .* into ca\.crt of the Secret"),
    ):
        query(url, proof)
    assert not seen


def test_a_server_without_tls_is_told(authority):
    with serving(answering("200 OK", b"[]")) as url, pytest.raises(EventAPIError, match="does not speak TLS as it"):
        query(url.replace("http", "https"), Proof(authority.ca.read_text(), "a.example.org"))


def fresh(url):
    return EventAPIClient(lambda *_: None).freshness(url, Token("token", NEVER), proof=None)


def test_how_new_events_are_is_read_as_the_api_tells_it(tmp_path):
    with LocalEventApi(tmp_path) as api:
        assert fresh(api.url) == Freshness(None, None, None)
        now = datetime.now(UTC)
        old, new = now - timedelta(days=3), now - timedelta(minutes=1, microseconds=7)
        api.connection.record_events([Event("1", "compute.a", old), Event("2", "volume.b", new)])
        found = fresh(api.url)
    assert (found.last, found.oldest, found.number) == (new, old, 2)
    assert found.events_per_minute > 0
    assert found.services == (ServiceFreshness("cinder", new), ServiceFreshness("nova", old))


@pytest.mark.parametrize(
    "application",
    [
        identified(refusal(), None),
        identified(answering("404 Not Found", Fault(404, "no").rendered(None)[1]), None),
        identified(answering("200 OK", b"[]"), None),
        identified(answering("200 OK", b"{}"), None),
        identified(answering("200 OK", b"<html>"), None),
        identified(answering("200 OK", b'{"newest": "soon", "oldest": null, "number": 1, "services": []}'), None),
        identified(answering("200 OK", b'{"newest": null, "oldest": null, "number": null, "services": null}'), None),
    ],
)
def test_an_api_that_does_not_tell_how_new_events_are_is_no_trouble(application):
    with serving(application) as url:
        assert fresh(url) is None
    assert fresh(url) is None  # nobody is there any more
