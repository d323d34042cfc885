"""Reads a request's body piece by piece, without its encoding, and never more of it than is allowed."""

from collections.abc import Iterable, Iterator

import falcon

from panko.api.messages.encodings import GZIP, PIECE_BYTES, PLAIN, gunzip
from panko.api.messages.room import Hold
from panko.errors import RequestTimeoutError, UnreadableBodyError
from panko.quoting import quote


def pieces(request: falcon.Request, max_bytes: int, *, hold: Hold = lambda _size: None) -> Iterator[bytes]:
    """Return the body as it arrives; `max_bytes` bound it before and after its encoding, and `hold` is told its size.

    Raise HTTPUnsupportedMediaType, and HTTPContentTooLarge before more than that is held or unwrapped.
    """
    encoding = (request.get_header("Content-Encoding") or "").strip().lower()
    if encoding not in PLAIN | GZIP:
        description = f"Content-Encoding {quote(encoding)} is not taken; send gzip, or no Content-Encoding."
        raise falcon.HTTPUnsupportedMediaType(description=description, headers={"Accept-Encoding": "gzip"})
    if (request.content_length or 0) > max_bytes:
        raise _too_large(request, max_bytes)
    hold(request.content_length or 0)
    if encoding not in GZIP:
        return _bounded(request, _arriving(request), max_bytes=max_bytes, hold=hold)
    arriving = _bounded(request, _arriving(request), max_bytes=max_bytes, hold=lambda _size: None)
    return _bounded(request, gunzip(arriving), max_bytes=max_bytes, hold=hold)


def _arriving(request: falcon.Request) -> Iterator[bytes]:
    # Only the server knows where a chunked body ends.
    chunked = request.content_length is None and request.env.get("wsgi.input_terminated")
    stream = request.stream if chunked else request.bounded_stream
    received = 0
    while True:
        try:
            piece: bytes = stream.read(PIECE_BYTES)
        except TimeoutError as error:
            raise RequestTimeoutError("The body of the request did not arrive in time.") from error
        except Exception as error:  # each server has its own; what it cannot read its caller has not sent well
            raise UnreadableBodyError(f"The body cannot be read: {quote(error)}") from error
        if not piece:
            break
        received += len(piece)
        yield piece
    if received < (request.content_length or 0):
        raise UnreadableBodyError(f"The body ends after {received} of {request.content_length} bytes.")


def _bounded(request: falcon.Request, content: Iterable[bytes], *, max_bytes: int, hold: Hold) -> Iterator[bytes]:
    size = 0
    for piece in content:
        size += len(piece)
        if size > max_bytes:
            raise _too_large(request, max_bytes)
        hold(size)
        yield piece


def _too_large(request: falcon.Request, max_bytes: int) -> falcon.HTTPError:
    instead = "Send fewer events at once, or raise [api] max_request_body_size."
    if request.method == "GET":
        instead = "Ask with fewer filters."
    return falcon.HTTPContentTooLarge(description=f"The body is larger than {max_bytes} bytes. {instead}")
