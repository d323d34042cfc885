"""Large answers are written one after the other, small ones at once.

To write one keeps a thread busy for as long as it takes, and Python runs one thread at a time: with many of them every
other request of the process would get a small share. What waits here holds the text of its events and nothing more.
"""

import itertools
import threading
from collections.abc import Iterator

SMALL_PIECES = 4

_turn = threading.Lock()


def joined(pieces: Iterator[bytes]) -> bytes:
    """Return all pieces of an answer as one."""
    begin = list(itertools.islice(pieces, SMALL_PIECES))
    if len(begin) < SMALL_PIECES:
        return b"".join(begin)
    with _turn:
        return b"".join((*begin, *pieces))
