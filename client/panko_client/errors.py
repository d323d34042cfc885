"""What can go wrong when the event API is asked: one tree, and what each of them says about trying again."""

import http
from typing import Final


class PankoClientError(Exception):
    """Anything that this package tells of; the text says what to do next."""


class InputError(PankoClientError):
    """What was asked for cannot be asked: an event, a time, a file or an option is wrong."""


class QueueFullError(PankoClientError):
    """Events wait for the API already, and no more may."""


class RequestError(PankoClientError):
    """A request that did not succeed. `status` is None when no answer came."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        request_id: str | None = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.request_id = request_id
        self.retry_after_seconds = retry_after_seconds

    def __str__(self) -> str:
        about = [f"HTTP {self.status}"] if self.status else []
        about += [self.request_id] if self.request_id else []
        return f"{self.message} ({', '.join(about)})" if about else self.message


class UnreachableError(RequestError):
    """No connection, or no answer in time: what was posted may be stored or not."""


class IdentityError(RequestError):
    """Keystone gave no token, or its catalogue has no such endpoint."""


class BadRequestError(RequestError):
    """400: an argument or an event is wrong."""


class UnauthorizedError(RequestError):
    """401: the API does not take the token, not even a new one."""


class ForbiddenError(RequestError):
    """403: known, but not allowed."""


class ForbiddenEventsError(ForbiddenError):
    """403: the account may store events, but not all of these; nothing of the request is stored."""


class NotFoundError(RequestError):
    """404: no such event for this caller, or no such path."""


class ConflictError(RequestError):
    """409: a message_id is stored with other content."""


class TooLargeError(RequestError):
    """413: the request or an event in it is too large."""


class TooManyRequestsError(RequestError):
    """429: later."""


class ServerError(RequestError):
    """5xx: the API or what it needs does not work."""


class UnexpectedAnswerError(RequestError):
    """An answer that the event API does not give: something else listens there."""


BY_STATUS: Final[dict[int, type[RequestError]]] = {
    http.HTTPStatus.BAD_REQUEST: BadRequestError,
    http.HTTPStatus.UNAUTHORIZED: UnauthorizedError,
    http.HTTPStatus.FORBIDDEN: ForbiddenError,
    http.HTTPStatus.NOT_FOUND: NotFoundError,
    http.HTTPStatus.CONFLICT: ConflictError,
    http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE: TooLargeError,
    http.HTTPStatus.TOO_MANY_REQUESTS: TooManyRequestsError,
}

# Of these the events are to blame: halves of the batch may be taken.
REFUSALS: Final = (BadRequestError, ConflictError, ForbiddenEventsError, TooLargeError)


def heals(error: RequestError) -> bool:
    """Tell whether the same request may succeed later without anybody's doing."""
    if isinstance(error, UnreachableError | TooManyRequestsError | ServerError):
        return True
    if isinstance(error, IdentityError):
        return error.status is None or error.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR
    return error.status == http.HTTPStatus.REQUEST_TIMEOUT
