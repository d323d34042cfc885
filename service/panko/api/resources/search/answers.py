"""How a search is answered: a page, or everything as it is read, in the format that is asked for."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

import falcon

from panko.api.messages import media, serialize, turns
from panko.api.messages.cloudevents.mapping import batch
from panko.api.messages.formats import tables
from panko.api.messages.streaming import stream
from panko.api.resources.search.asked import Asked
from panko.asking.search.question import MAX_LIMIT, Question
from panko.event import Event
from panko.filters import Position
from panko.storage import Found

DEFAULT_LIMIT = 100
NEXT, EXACT = "Panko-Next", "Panko-Exact"
MEDIA = {"json": media.JSON, "ndjson": media.LINES[0], "csv": media.CSV, "cloudevents": media.CLOUDEVENTS}
SUFFIXES = {media.LINES[0]: "ndjson", media.CSV: "csv", media.CLOUDEVENTS: "json"}

Pages = Iterator[tuple[Sequence[Event], bool]]


def answer(request: falcon.Request, response: falcon.Response, asked: Asked) -> None:
    """Write the answer. Without a limit, everything is sent in any format but JSON, which has pages."""
    wanted = asked.question
    media_type = MEDIA[wanted.format] if wanted.format else request.context.media_type
    response.status = HTTPStatus.OK
    response.content_type = media_type
    if media_type == media.JSON:
        response.data = _page(asked)
        return
    response.downloadable_as = _file_name(wanted, media_type)
    write = WRITERS[media_type]
    if wanted.limit is None and wanted.follow is None:
        stream(response, write(asked.pages(MAX_LIMIT), wanted))
        return
    with asked.settings.places.one():
        found = asked.find(wanted.limit or MAX_LIMIT)
    following = cursor(wanted, found)
    if following:
        response.set_header(NEXT, following)
    response.set_header(EXACT, str(found.reached is None).lower())
    response.data = b"".join(write(iter([(found.events, False)]), wanted))


def _page(asked: Asked) -> bytes:
    wanted = asked.question
    with asked.settings.places.one():
        found = asked.find(wanted.limit or DEFAULT_LIMIT)
    document: dict[str, Any] = {
        "next": cursor(wanted, found),
        "exact": found.reached is None,
        "from": serialize.moment(wanted.start),
        "to": serialize.moment(wanted.end),
    }
    if found.reached is not None:
        document["scanned"] = scanned(wanted, found.reached)
    rest = serialize.dumps(document)
    return b'{"events":' + turns.joined(serialize.events(found.events)) + b"," + rest[1:]


def scanned(wanted: Question, reached: datetime) -> dict[str, str | None]:
    """Return the range of which everything was looked at before the time was over."""
    start, end = (reached, wanted.end) if wanted.newest_first else (wanted.start, reached)
    return {"from": serialize.moment(start), "to": serialize.moment(end)}


def cursor(wanted: Question, found: Found) -> str | None:
    """Return how to ask for what follows what was found."""
    return wanted.cursor(found.next, last=Position.of_last(found.events), width=found.width)


def _lines(pages: Pages, _wanted: Question) -> Iterator[bytes]:
    return (turns.joined(serialize.lines(events)) for events, _more in pages)


def _table(pages: Pages, wanted: Question) -> Iterator[bytes]:
    return tables.table(pages, wanted.columns)


def _batch(pages: Pages, _wanted: Question) -> Iterator[bytes]:
    return batch(event for events, _more in pages for event in events)


WRITERS: dict[str, Callable[[Pages, Question], Iterator[bytes]]] = {
    media.LINES[0]: _lines,
    media.CSV: _table,
    media.CLOUDEVENTS: _batch,
}


def _file_name(wanted: Question, media_type: str) -> str:
    """Return a name that holds the range, in letters that every file system takes."""
    begin, end = ("" if moment is None else f"{moment:%Y-%m-%dT%H%M%SZ}" for moment in (wanted.start, wanted.end))
    return f"events_{begin or 'begin'}_{end or 'now'}.{SUFFIXES[media_type]}"
