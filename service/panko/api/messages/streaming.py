"""Sends an array of any length as it is read from storage."""

from collections.abc import Iterable, Iterator
from typing import Any

import falcon

from panko.api.messages import serialize


def stream_array(response: falcon.Response, items: Iterable[Any]) -> None:
    """Answer with a JSON array of any length, in bounded memory.

    The first pieces are made before the status is sent, so that an error of the database can still become a 503, and
    that what is one piece goes as one. After that an error breaks the connection: the answer never looks complete when
    it is not.
    """
    stream(response, serialize.array(items))


def stream(response: falcon.Response, pieces: Iterator[bytes]) -> None:
    """Answer with pieces as they are made, see `stream_array`; with nothing where there are none."""
    first = next(pieces, b"")
    second = next(pieces, None)
    if second is None:
        response.data = first
    else:
        response.stream = _chain(first, second, rest=pieces)


def _chain(*first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    # A generator, unlike itertools.chain, passes on the close() of a server whose caller has hung up.
    yield from first
    yield from rest
