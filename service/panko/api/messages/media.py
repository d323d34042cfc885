"""The media types of the API, and which of them a caller prefers."""

from collections.abc import Sequence

import falcon

JSON = "application/json"
CLOUDEVENT = "application/cloudevents+json"
CLOUDEVENTS = "application/cloudevents-batch+json"
CSV = "text/csv"
LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl")
OFFERED = (JSON, CLOUDEVENT, CLOUDEVENTS, LINES[0])  # of v2
SEARCHED = (CLOUDEVENTS, LINES[0], CSV)  # beside JSON, of searches
COUNTED = (LINES[0], CSV)  # beside JSON, of histograms and facets


def of(request: falcon.Request) -> str:
    """Return the media type of a request's body, in lower case and without parameters."""
    return (request.content_type or "").partition(";")[0].strip().lower()


def preference(media_type: str, accept: str) -> float:
    """Return how much an Accept header wants a media type, from 0 to 1; nothing for a header that cannot be read."""
    try:
        return falcon.mediatypes.quality(media_type, accept.lower())
    except ValueError:
        return 0.0


def preferred(offered: Sequence[str], accept: str) -> str | None:
    """Return what an Accept header wants most, the first of several; None when it wants none of them."""
    best = max(offered, key=lambda media_type: preference(media_type, accept))
    return best if preference(best, accept) else None
