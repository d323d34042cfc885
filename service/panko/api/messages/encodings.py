"""What a request's body is wrapped in: nothing, or gzip, unwrapped within the same bounds as any other body. Pure."""

import zlib

from panko.errors import InvalidInputError

GZIP = frozenset({"gzip", "x-gzip"})
PLAIN = frozenset({"", "identity"})
GZIP_FORMAT = 16 + zlib.MAX_WBITS  # of zlib: a gzip header and trailer, not zlib's own


def decompress(content: bytes, most: int) -> bytes:
    """Return what was compressed, one byte more than `most` at most. Raise InvalidInputError where it is no gzip."""
    whole = b""
    while content and len(whole) <= most:
        stream = zlib.decompressobj(GZIP_FORMAT)
        try:
            whole += stream.decompress(content, most + 1 - len(whole))
        except zlib.error as error:
            raise InvalidInputError("The body is not in gzip format, which its Content-Encoding names.") from error
        if not stream.eof and len(whole) <= most:
            raise InvalidInputError("The body ends in the middle of its gzip format.")
        content = stream.unused_data  # gzip files may follow one another
    return whole
