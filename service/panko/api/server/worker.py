"""gunicorn's worker, whose own refusals have the body of all errors: of URLs that are too long, of broken headers."""

import http
from typing import Any

from gunicorn import util
from gunicorn.workers.gthread import ThreadWorker

from panko.api.messages.faults import Fault


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Threads that serve requests."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Log as gunicorn does and answer with the status that it chose."""
        answer = Answer()
        super().handle_error(req, answer, addr, exc)
        is_of_the_caller = answer.status < http.HTTPStatus.INTERNAL_SERVER_ERROR
        fault = Fault(answer.status, str(exc) if is_of_the_caller else answer.status.description)
        content_type, body = fault.rendered(None)
        head = (
            f"HTTP/1.1 {fault.status_line}\r\nConnection: close\r\nContent-Type: {content_type}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        try:
            util.write_nonblock(client, head.encode() + body)
        except OSError:
            self.log.debug("The caller of a broken request has gone.")


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
