"""What a request's body is wrapped in: nothing, or gzip, unwrapped as it arrives in pieces of bounded size. Pure."""

import zlib
from collections.abc import Iterable, Iterator

from panko.errors import UnreadableBodyError

GZIP = frozenset({"gzip", "x-gzip"})
PLAIN = frozenset({"", "identity"})
GZIP_FORMAT = 16 + zlib.MAX_WBITS  # of zlib: a gzip header and trailer, not zlib's own
FED_BYTES = 16 * 1024  # at once: what follows the end of one gzip file is copied
PIECE_BYTES = 64 * 1024
MOST_FILES = 10_000  # gzip files that follow one another: each of them takes time, even an empty one


def gunzip(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what was compressed, piece by piece; gzip files may follow one another.

    Raise UnreadableBodyError, which says where, when something is no gzip or its end is missing.
    """
    stream, files, offset = None, 0, 0
    for fed in _small(pieces):
        left, unwrapped = fed, b""
        # zlib may hold more of what it has read than one piece of it.
        while left or (stream is not None and len(unwrapped) == PIECE_BYTES):
            if stream is None:
                files += 1
                stream = zlib.decompressobj(GZIP_FORMAT)
            try:
                unwrapped = stream.decompress(left, PIECE_BYTES)
            except zlib.error as error:
                raise _broken(offset, offset + len(fed)) from error
            left = stream.unused_data if stream.eof else stream.unconsumed_tail
            if stream.eof:
                stream = None
                _require_few(files)
            if unwrapped:
                yield unwrapped
        offset += len(fed)
    if stream is not None:
        raise UnreadableBodyError(f"The body ends in the middle of its gzip format, after {offset} bytes.")


def _small(pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        for begin in range(0, len(piece), FED_BYTES):
            yield piece[begin : begin + FED_BYTES]


def _broken(begin: int, end: int) -> UnreadableBodyError:
    where = f"what is wrong is among its bytes {begin} to {end}"
    return UnreadableBodyError(f"The body is not in gzip format, which its Content-Encoding names: {where}.")


def _require_few(files: int) -> None:
    if files > MOST_FILES:
        raise UnreadableBodyError(f"The body is more than {MOST_FILES} gzip files. Compress it as one.")
