"""Bodies that `kombu_compression` of a service has packed. Pure."""

import bz2
import lzma
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from panko.collector.letters import Letter, Reason, RefusedError

MOST_BYTES = 16 * 1024 * 1024  # of a body: some bytes can be packed that would take all memory
LZMA_MEMORY_BYTES = 4 * MOST_BYTES
# By what kombu writes into the header, and the names that it knows them by.
FORMATS: Mapping[str, Callable[[], Any]] = {
    **dict.fromkeys(("application/x-gzip", "gzip", "zlib"), zlib.decompressobj),
    **dict.fromkeys(("application/x-bz2", "bzip2", "bzip"), bz2.BZ2Decompressor),
    **dict.fromkeys(("application/x-lzma", "lzma", "xz"), lambda: lzma.LZMADecompressor(memlimit=LZMA_MEMORY_BYTES)),
}


def unpacked(letter: Letter) -> bytes:
    """Return the body of a message. Raise RefusedError for what cannot be unpacked, or would be too large."""
    if not letter.compression:
        return letter.body
    unpacking = FORMATS.get(letter.compression)
    if unpacking is None:
        raise RefusedError(Reason.UNREADABLE, f"It is packed in a format that is not known: {letter.compression[:40]}.")
    try:
        found = bytes(unpacking().decompress(letter.body, MOST_BYTES + 1))
    except (ValueError, OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise RefusedError(Reason.UNREADABLE, "Its body cannot be unpacked.") from error
    if len(found) > MOST_BYTES:
        raise RefusedError(Reason.UNREADABLE, f"Its body is larger than {MOST_BYTES} bytes when it is unpacked.")
    return found
