"""The media types of the API. Values only."""

import falcon

JSON = "application/json"
LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl")


def of(request: falcon.Request) -> str:
    """Return the media type of a request's body, in lower case and without parameters."""
    return (request.content_type or "").partition(";")[0].strip().lower()
