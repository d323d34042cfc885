"""Turn what the Kubernetes client raises into the operator's errors; never with what a Secret holds."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final

import urllib3
from kubernetes.client.exceptions import ApiException

from panko_operator.errors import KubernetesError, KubernetesUnreachableError

_PASSING: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, *(status for status in HTTPStatus if status >= 500)})  # noqa: PLR2004 -- server errors


class NotFoundError(KubernetesError):
    """The object is not there. It stays inside this package."""


class ConflictError(KubernetesError):
    """Somebody else changed the object first, or made it. It stays inside this package."""


class UnprocessableError(KubernetesError):
    """What was sent does not fit what is there, or cannot be. It stays inside this package."""


# Server-side apply answers 500 to what does not fit the kind: a field that it does not have, a value of another type.
_UNFIT: Final = ("failed to create typed patch object", "failed to convert new object")
_BY_STATUS: Final[dict[int, type[KubernetesError]]] = {
    HTTPStatus.NOT_FOUND: NotFoundError,
    HTTPStatus.CONFLICT: ConflictError,
    HTTPStatus.UNPROCESSABLE_ENTITY: UnprocessableError,
    **dict.fromkeys(_PASSING, KubernetesUnreachableError),
}


@contextmanager
def translated(verb: str, kind: str, name: str) -> Iterator[None]:
    """Raise one of our errors for whatever the client raises while it does `verb` to `kind` `name`."""
    try:
        yield
    except ApiException as error:
        raise _refusal(error, f"{verb} {kind} {name}", secret=kind == "Secret") from None
    except (urllib3.exceptions.HTTPError, OSError) as error:
        message = f"The API server does not answer ({verb} {kind} {name}: {type(error).__name__}); it is tried again"
        raise KubernetesUnreachableError(message) from error


def _refusal(error: ApiException, what: str, *, secret: bool) -> KubernetesError:
    status = int(error.status or 0)
    said = "" if secret else f": {_message(error)}"
    unfit = any(words in str(error.body) for words in _UNFIT)
    kind = UnprocessableError if unfit else _BY_STATUS.get(status, KubernetesError)
    return kind(f"The API server refused to {what} ({status} {error.reason}){said}")


def _message(error: ApiException) -> str:
    try:
        return str(json.loads(error.body or "{}")["message"])[:300]
    except (ValueError, KeyError, TypeError):
        return "no reason given"
