"""One request and its answer, or one of this package's errors. The only module that knows keystoneauth's errors."""

import http
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from keystoneauth1 import exceptions
from keystoneauth1.adapter import Adapter
from keystoneauth1.session import Session

from panko_client.errors import (
    BY_STATUS,
    ForbiddenEventsError,
    IdentityError,
    RequestError,
    ServerError,
    UnexpectedAnswerError,
    UnreachableError,
)

SERVICE_TYPE: Final = "event"
NAME: Final = "panko-client"
REQUEST_ID: Final = "x-openstack-request-id"
TIMEOUT_SECONDS: Final = 60.0
PIECE_BYTES: Final = 64 * 1024
MOST_CHARACTERS: Final = 2000  # of somebody else's page that is quoted
# How the API begins a 403 that is the events' fault and not the login's. It names them; the end of a long text is cut.
FORBIDDEN_EVENTS: Final = re.compile(r"(event|line) \d+: (event type |no project_id|project )")


def adapter_of(session: Session, *, region: str | None, interface: str | None, endpoint: str | None = None) -> Adapter:
    """Return what finds the endpoint in the catalogue of a keystoneauth session, unless it is given."""
    return Adapter(
        session,
        service_type=SERVICE_TYPE,
        region_name=region,
        interface=interface,
        endpoint_override=endpoint,
        client_name=NAME,
    )


class Transport:
    """Asks the event API through a keystoneauth adapter, which finds the endpoint and renews the token."""

    def __init__(self, adapter: Adapter, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._adapter = adapter
        self._timeout_seconds = timeout_seconds

    def get(self, path: str, arguments: Sequence[tuple[str, str]] = ()) -> Any:
        """Return the document at a path."""
        return self._ask("GET", path, params=list(arguments))

    def download(self, path: str, arguments: Sequence[tuple[str, str]] = ()) -> Iterator[bytes]:
        """Yield an answer in pieces as it comes. Raise UnreachableError when it is broken off: it is not whole then."""
        answer = self._answered("GET", path, params=list(arguments), stream=True)
        try:
            yield from answer.iter_content(PIECE_BYTES)
        except OSError as error:  # what requests raises is one
            raise UnreachableError("The answer broke off, so it is not whole; ask again.") from error
        finally:
            answer.close()

    def post(self, path: str, body: bytes) -> Any:
        """Post JSON, and return the answer's document."""
        return self._ask("POST", path, data=body, headers={"Content-Type": "application/json"})

    def _answered(self, method: str, path: str, **options: Any) -> Any:
        try:
            answer = self._adapter.request(
                path,
                method,
                raise_exc=False,
                redirect=False,  # a login follows nobody to another place
                log=False,  # bodies are other people's business
                timeout=self._timeout_seconds,
                **options,
            )
        except exceptions.ClientException as error:
            raise _failed(error) from error
        if answer.status_code not in (http.HTTPStatus.OK, http.HTTPStatus.CREATED):
            raise refused(answer.status_code, answer.headers, answer.text)
        return answer

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        answer = self._answered(method, path, **options)
        try:
            return answer.json()
        except ValueError as error:
            raise UnexpectedAnswerError(
                "The answer is no JSON; is this the event API?",
                status=answer.status_code,
                request_id=answer.headers.get(REQUEST_ID),
            ) from error


def _failed(error: Exception) -> RequestError:
    """Return what keystoneauth could not do."""
    if isinstance(error, exceptions.HttpError):  # of Keystone: ours are not raised
        return IdentityError(f"Keystone gives no token: {error.message}.", status=error.http_status)
    if isinstance(error, exceptions.ConnectionError):
        return UnreachableError(f"No answer: {_short(str(error))}.")
    if isinstance(error, exceptions.CatalogException):
        return IdentityError(
            "The catalogue has no endpoint of the service type event for this interface and region.",
            status=http.HTTPStatus.NOT_FOUND,
        )
    return IdentityError(f"Keystone cannot be asked: {str(error)[:MOST_CHARACTERS]}.", status=http.HTTPStatus.NOT_FOUND)


def _short(text: str) -> str:
    """Return what keystoneauth says without the query and without what each library below it adds."""
    return text.partition(": HTTP")[0].partition("?")[0][:MOST_CHARACTERS]


def refused(status: int, headers: Any, text: str) -> RequestError:
    """Return the error of an answer."""
    spoken = fault_text(text)
    kind = BY_STATUS.get(status, ServerError if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR else RequestError)
    if spoken is None and status in (http.HTTPStatus.BAD_REQUEST, http.HTTPStatus.CONFLICT):
        kind = UnexpectedAnswerError  # a proxy's, which judges no events
    if status == http.HTTPStatus.FORBIDDEN and FORBIDDEN_EVENTS.match(spoken or ""):
        kind = ForbiddenEventsError
    return kind(
        spoken or _phrase(status),
        status=status,
        request_id=headers.get(REQUEST_ID),
        retry_after_seconds=_seconds(headers.get("Retry-After")),
    )


def fault_text(text: str) -> str | None:
    """Return what the API or keystonemiddleware says in an answer, None for anybody else's."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    match document:
        case {"error_message": {"faultstring": str(spoken)}} | {"error": {"message": str(spoken)}}:
            return spoken
    return None


def _phrase(status: int) -> str:
    known = {one.value: one.phrase for one in http.HTTPStatus}
    return f"The event API answers {known.get(status, 'something unknown')}."


def _seconds(retry_after: str | None) -> float | None:
    """Return the seconds of a Retry-After; a date is left alone, for clocks differ."""
    try:
        return max(0.0, float(retry_after)) if retry_after else None
    except ValueError:
        return None
