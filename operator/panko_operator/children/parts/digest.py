"""The digests in the names of content-addressed children.

Stable across processes and releases: canonical JSON in, hexadecimal out, never Python's own hash. Pure.
"""

import hashlib
import hmac
import json
from typing import Any

LENGTH = 8


def plain(content: Any) -> str:
    """Digest content that is no secret."""
    return hashlib.sha256(canonical(content)).hexdigest()[:LENGTH]


def keyed(content: Any, key: str) -> str:
    """Digest content with secrets in it, so that nobody can try passwords against a name that everybody may read."""
    return hmac.new(key.encode(), canonical(content), hashlib.sha256).hexdigest()[:LENGTH]


def canonical(content: Any) -> bytes:
    """Write JSON in the one way that equal content has."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
