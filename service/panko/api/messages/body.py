"""Reads a request's arguments, and the JSON body in which a GET may carry the same."""

import urllib.parse
from typing import Any

import falcon

from panko.api.messages import media
from panko.api.messages.formats import documents
from panko.api.messages.pieces import pieces
from panko.asking.v2 import Arguments
from panko.errors import InvalidInputError
from panko.quoting import quote

MAX_ARGUMENTS = 1000
MAX_QUERY_BYTES = 64 * 1024  # of a body that asks; only events may be large


def arguments(request: falcon.Request) -> Arguments:
    """Return the arguments of the URL, in order; a key without a value has an empty one."""
    try:
        return urllib.parse.parse_qsl(request.query_string, keep_blank_values=True, max_num_fields=MAX_ARGUMENTS)
    except ValueError as error:
        raise InvalidInputError(f"The URL has more than {MAX_ARGUMENTS} arguments.") from error


def read_json(request: falcon.Request, max_bytes: int) -> Any:
    """Return the JSON body of one who asks, or None when there is none; null is refused."""
    content = b"".join(pieces(request, min(max_bytes, MAX_QUERY_BYTES)))
    if not content:
        return None
    media_type = media.of(request)
    if media_type != media.JSON:
        raise falcon.HTTPUnsupportedMediaType(description=f"Unknown mimetype: {quote(media_type)}")
    document = documents.parse_leniently(content)
    if document is None:
        raise InvalidInputError("Request must be a JSON dict")
    return document
