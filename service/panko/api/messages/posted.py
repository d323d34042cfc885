"""What is posted, whatever the format: its documents one after the other, and where each of them stands."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

import falcon

from panko import validation
from panko.api.messages import media
from panko.api.messages.cloudevents import headers
from panko.api.messages.cloudevents.mapping import from_cloudevent
from panko.api.messages.formats import documents, lines
from panko.api.messages.pieces import pieces
from panko.api.messages.room import Hold
from panko.errors import InvalidInputError
from panko.quoting import listed, quote
from panko.validation import Unreadable


class Posted:
    """The documents of a request, to be read once; `count` is how many are known of.

    `lines` are the numbers of their lines, as far as they were read, where the format has lines.
    """

    def __init__(self, items: Iterable[Any], *, count: int = 0, lines: list[int] | None = None) -> None:
        self._items = items
        self._known = count
        self._read = 0
        self.lines = lines

    @property
    def count(self) -> int:
        """How many documents there are, or how many were read where nobody knows that."""
        return self._known or self._read

    def __iter__(self) -> Iterator[Any]:
        for item in self._items:
            self._read += 1
            yield item


def open_body(request: falcon.Request, max_bytes: int, *, hold: Hold) -> Posted:
    """Return what a request posts. Raise HTTPUnsupportedMediaType, which lists the formats."""
    content = pieces(request, max_bytes, hold=hold)
    if headers.is_binary(request.get_header) and not media.of(request).startswith(STRUCTURED):
        sent_headers = {name.lower(): value for name, value in request.headers.items()}
        return _one(headers.read(sent_headers, request.content_type, b"".join(content)))
    first = next(content, b"")
    if not first:
        raise InvalidInputError("The body is empty; send an event or a list of events, as JSON.")
    media_type = media.of(request)
    read = FORMATS.get(media_type)
    if read is None:
        raise falcon.HTTPUnsupportedMediaType(
            description=f"Unknown mimetype: {quote(media_type)}. Send {listed(FORMATS)}.",
            headers={"Accept-Post": ", ".join(FORMATS)},
        )
    return read(chain((first,), content))


def _json(content: Iterator[bytes]) -> Posted:
    document = documents.parse(b"".join(content))
    if document is None:
        raise InvalidInputError("Request must be a JSON dict")
    return Posted(_items(document), count=len(document) if isinstance(document, list) else 1)


def _items(document: Any) -> Iterator[Any]:
    yield from validation.items(document)


def _lines(content: Iterator[bytes]) -> Posted:
    numbers: list[int] = []
    return Posted(lines.documents(content, lines=numbers), lines=numbers)


def _cloudevent(content: Iterator[bytes]) -> Posted:
    return _one(documents.parse(b"".join(content)))


def _one(document: Any) -> Posted:
    event = document if isinstance(document, Unreadable) else from_cloudevent(document)
    return Posted([event], count=1)


def _cloudevents(content: Iterator[bytes]) -> Posted:
    document = documents.parse(b"".join(content))
    if not isinstance(document, list):
        raise InvalidInputError(f"A batch is a list of CloudEvents; send a single one as {media.CLOUDEVENT}.")
    return Posted(map(from_cloudevent, validation.items(document)), count=len(document))


STRUCTURED = "application/cloudevents"
FORMATS: Mapping[str, Callable[[Iterator[bytes]], Posted]] = {
    media.JSON: _json,
    **dict.fromkeys(media.LINES, _lines),
    media.CLOUDEVENT: _cloudevent,
    media.CLOUDEVENTS: _cloudevents,
}
