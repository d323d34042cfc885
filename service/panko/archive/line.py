"""An event as a line of an archive: what `POST /v2/events` takes. Pure.

Its traits and its raw stand there as the database has them, so that nothing of them can change on the way. What is no
JSON, such as a raw for which a column was too short, is there as a text of just these characters.
"""

import json
from typing import Final, NamedTuple

import orjson

from panko.literals import format_timestamp
from panko.storage import ExpiredEvent

FLAT: Final = 500  # with as many brackets nothing is nested too deeply


class Line(NamedTuple):
    """A line with its end. One that is not `whole` has a text in the place of what was meant to be JSON."""

    text: bytes
    whole: bool


def line(event: ExpiredEvent) -> Line:
    """Write an event."""
    traits, raw = _as_it_is(event.traits), _as_it_is(event.raw)
    whole = traits is not None and raw is not None
    text = _written(event, traits or _text(event.traits), raw or _text(event.raw))
    if text.count("[") + text.count("{") > FLAT and not is_json(text):
        # It is a level deeper than what is in it, and one more than a reader takes.
        whole, text = False, _written(event, _text(event.traits), _text(event.raw))
    return Line(text.encode(), whole)


def _written(event: ExpiredEvent, traits: str, raw: str) -> str:
    message_id, event_type = _text(event.message_id), _text(event.event_type)
    generated = format_timestamp(event.generated)
    return (
        f'{{"message_id":{message_id},"event_type":{event_type},"generated":"{generated}",'
        f'"traits":{traits},"raw":{raw}}}\n'
    )


def is_json(text: str | bytes) -> bool:
    """Tell whether a document can be read, be it by Python alone: halves of surrogate pairs, and infinite numbers."""
    try:
        orjson.loads(text)
    except ValueError:
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return False
    return True


def _as_it_is(document: str) -> str | None:
    """Return JSON on one line, and None for what is none. In JSON an end of line stands between words alone."""
    if not is_json(document):
        return None
    return document if "\n" not in document and "\r" not in document else document.replace("\n", " ").replace("\r", " ")


def _text(text: str) -> str:
    return orjson.dumps(text).decode()
