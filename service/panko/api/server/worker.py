"""gunicorn's worker, that reads a request within a time, and whose own refusals have the body of all errors."""

import http
import time
from typing import Any

from gunicorn import util
from gunicorn.workers.gthread import ThreadWorker

from panko.api.messages.faults import Fault
from panko.api.server.deadline import HandshakeError, HeadersLateError, PatientSocket

LINGER_SECONDS = 0.5
GIVE_WAY_SECONDS = 0.0002  # longer than an idle process takes to wake up
LATE = Fault(http.HTTPStatus.REQUEST_TIMEOUT, "The headers of the request did not arrive in time.")


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Threads that serve requests, none of which a caller can hold by sending slowly."""

    pause = staticmethod(time.sleep)

    def accept(self, listener: Any) -> None:
        """Accept a connection, or leave it to a worker that has nothing to do.

        All of them wake up for it, and whoever gets it has all of its requests: of two callers with one connection
        each, every third pair would share a worker beside an idle one, and be served a fifth slower.
        """
        if self.nr_conns > len(self.keepalived_conns) + len(self.pending_conns):
            self.pause(GIVE_WAY_SECONDS)
        super().accept(listener)

    def handle(self, conn: Any) -> Any:
        """Read a request and answer it; a connection that ends is closed here, not by the thread that accepts."""
        if not isinstance(conn.sock, PatientSocket):
            conn.sock = PatientSocket(conn.sock)
        result = self._handle_one(conn)
        while result is True and conn.sock.pending():  # the next request came in the same record of TLS
            result = self._handle_one(conn)
        if result is False:
            util.close_graceful(conn.sock, timeout=LINGER_SECONDS)
            conn.close = _is_closed
        return result

    def _handle_one(self, conn: Any) -> Any:
        conn.sock.expect(self.app.binding.header_seconds, HeadersLateError)
        result = super().handle(conn)
        conn.sock.be_patient()
        return result

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request whose headers are there."""

        def late() -> TimeoutError:
            req.force_close()  # where the next request would begin nobody knows
            return TimeoutError()

        conn.sock.expect(self.app.binding.body_seconds, late)
        return super().handle_request(req, conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Log as gunicorn does and answer with the status that it chose."""
        if isinstance(exc, HandshakeError):
            self.log.debug("No TLS with %s: %s", addr, exc)
            return
        if isinstance(exc, HeadersLateError):
            self._send(client, LATE)
            return
        answer = Answer()
        super().handle_error(req, answer, addr, exc)
        is_of_the_caller = answer.status < http.HTTPStatus.INTERNAL_SERVER_ERROR
        fault = Fault(answer.status, str(exc) if is_of_the_caller else answer.status.description)
        self._send(client, fault)

    def _send(self, client: Any, fault: Fault) -> None:
        content_type, body = fault.rendered(None)
        head = (
            f"HTTP/1.1 {fault.status_line}\r\nConnection: close\r\nContent-Type: {content_type}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        try:
            util.write_nonblock(client, head.encode() + body)
        except OSError:
            self.log.debug("The caller of a broken request has gone.")


def _is_closed(*, graceful: bool = False) -> None:
    """Stand for the second close of a connection: it would fail, and gunicorn count one connection less for that.

    With less than none, a worker that stops waits for nobody.
    """


class Answer:
    """Takes what gunicorn would send in place of a socket."""

    def __init__(self) -> None:
        self.status = http.HTTPStatus.INTERNAL_SERVER_ERROR

    def gettimeout(self) -> float:
        """Never wait."""
        return 0.0

    def sendall(self, content: bytes) -> None:
        """Keep the status of what is sent."""
        self.status = http.HTTPStatus(int(content.split(b" ", 2)[1]))
