"""Stores events so that one which can never be stored holds up no other.

A request is stored whole or not at all, so a batch that is refused is halved until the event is found that is to blame.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

from panko_client.errors import REFUSALS, RequestError, UnexpectedAnswerError

BATCH_EVENTS: Final = 100
# HAProxy before the API buffers 128 KiB: a request that fits is sent to another server when one dies.
BATCH_BYTES: Final = 120_000

Post = Callable[[bytes], Any]


class Encoded(Protocol):
    """Something that holds an event as JSON."""

    @property
    def body(self) -> bytes:
        """The event, as it goes into a list of events."""


E = TypeVar("E", bound=Encoded)


@dataclass(frozen=True, slots=True)
class Stored:
    """What an answer says of a batch."""

    created: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class Settled(Generic[E]):
    """Events of which is known what became of them: all of them stored, or one refused."""

    events: Sequence[E]
    stored: Stored | None
    refusal: RequestError | None = None


def deliver(post: Post, events: Sequence[E]) -> Iterator[Settled[E]]:
    """Store events and yield what became of them, piece by piece. Raise what is no event's fault."""
    try:
        stored = answered(post(joined(events)))
    except REFUSALS as error:
        if len(events) == 1:
            yield Settled(events, None, error)
            return
        middle = len(events) // 2
        yield from deliver(post, events[:middle])
        yield from deliver(post, events[middle:])
        return
    yield Settled(events, stored)


def set_aside(body: bytes, refusal: RequestError) -> dict[str, Any]:
    """Return what is kept of a refused event, for a line of a file that `panko-import` takes when it is corrected."""
    return {"reason": refusal.message, "status": refusal.status, "event": json.loads(body)}


def joined(events: Sequence[Encoded]) -> bytes:
    """Return the body of a request with these events."""
    return b"[" + b",".join(one.body for one in events) + b"]"


def answered(document: Any) -> Stored:
    """Return what an answer says. Raise UnexpectedAnswerError when it does not: nothing is known to be stored."""
    match document:
        case {"created": int(created), "duplicates": int(duplicates)}:
            return Stored(created, duplicates)
    raise UnexpectedAnswerError("The answer does not say what was stored; is this the event API?")


def batches(events: Iterable[E], most: int = BATCH_EVENTS, most_bytes: int = BATCH_BYTES) -> Iterator[list[E]]:
    """Yield events in lists of as many as make a good request, and one at least."""
    batch: list[E] = []
    size = 0
    for one in events:
        if batch and (len(batch) == most or size + len(one.body) > most_bytes):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += len(one.body) + 1
    if batch:
        yield batch
