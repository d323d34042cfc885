"""Reads a request's arguments and its JSON body, and never more of it than is allowed."""

import json
import urllib.parse
from typing import Any

import falcon

from panko.api.messages.encodings import GZIP, PLAIN, decompress
from panko.asking.v2 import Arguments
from panko.errors import InvalidInputError, RequestTimeoutError
from panko.quoting import quote

JSON = "application/json"
MAX_ARGUMENTS = 1000
MAX_QUERY_BYTES = 64 * 1024  # of a body that asks; only events may be large


def arguments(request: falcon.Request) -> Arguments:
    """Return the arguments of the URL, in order; a key without a value has an empty one."""
    try:
        return urllib.parse.parse_qsl(request.query_string, keep_blank_values=True, max_num_fields=MAX_ARGUMENTS)
    except ValueError as error:
        raise InvalidInputError(f"The URL has more than {MAX_ARGUMENTS} arguments.") from error


def read_json(request: falcon.Request, max_bytes: int) -> Any:
    """Return the JSON body, or None when there is none; null is refused."""
    content = _content(request, min(max_bytes, MAX_QUERY_BYTES) if request.method == "GET" else max_bytes)
    if not content:
        return None
    media_type = (request.content_type or "").partition(";")[0].strip().lower()
    if media_type != JSON:
        raise falcon.HTTPUnsupportedMediaType(description=f"Unknown mimetype: {quote(media_type)}")
    try:
        # NaN, which is no JSON, is read as well: who reads the document refuses it, and can say where it stands.
        document = json.loads(content)
    # UnicodeDecodeError and too long integers are ValueErrors; too deep nesting is a RecursionError.
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(f"Request is not in valid JSON format{_place(error)}") from error
    if document is None:
        raise InvalidInputError("Request must be a JSON dict")
    return document


def _place(error: Exception) -> str:
    """Say where a document stops being JSON."""
    if isinstance(error, json.JSONDecodeError):
        return f": {error.msg}, in line {error.lineno}, column {error.colno}"
    if isinstance(error, UnicodeDecodeError):
        return f": byte {error.start} is not {error.encoding.upper()}"
    return ": it is nested too deeply" if isinstance(error, RecursionError) else ": it holds a number that is too long"


def _content(request: falcon.Request, max_bytes: int) -> bytes:
    """Return the body without its encoding."""
    encoding = (request.get_header("Content-Encoding") or "").strip().lower()
    if encoding not in PLAIN | GZIP:
        description = f"Content-Encoding {quote(encoding)} is not taken; send gzip, or no Content-Encoding."
        raise falcon.HTTPUnsupportedMediaType(description=description)
    content = _read(request, max_bytes)
    if encoding in GZIP:
        content = decompress(content, max_bytes)
        if len(content) > max_bytes:
            raise _too_large(request, max_bytes)
    return content


def _read(request: falcon.Request, max_bytes: int) -> bytes:
    if (request.content_length or 0) > max_bytes:
        raise _too_large(request, max_bytes)
    # Only the server knows where a chunked body ends.
    chunked = request.content_length is None and request.env.get("wsgi.input_terminated")
    stream = request.stream if chunked else request.bounded_stream
    try:
        content: bytes = stream.read(max_bytes + 1)
    except TimeoutError as error:
        raise RequestTimeoutError("The body of the request did not arrive in time.") from error
    except Exception as error:  # each server has its own; what it cannot read its caller has not sent well
        raise InvalidInputError(f"The body cannot be read: {quote(error)}") from error
    if len(content) > max_bytes:
        raise _too_large(request, max_bytes)
    if len(content) < (request.content_length or 0):
        raise InvalidInputError(f"The body ends after {len(content)} of {request.content_length} bytes.")
    return content


def _too_large(request: falcon.Request, max_bytes: int) -> falcon.HTTPError:
    instead = "Send fewer events at once, or raise [api] max_request_body_size."
    if request.method == "GET":
        instead = "Ask with fewer filters."
    return falcon.HTTPContentTooLarge(description=f"The body is larger than {max_bytes} bytes. {instead}")
