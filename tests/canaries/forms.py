"""Distinctive secrets, and the search for them in whatever people other than their owners may read. Pure."""

import base64
import json
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping

AROUND = 60  # characters that a finding shows before and after


def canary(kind: str, random: str) -> str:
    """Make a secret that looks different in every spelling."""
    return f"canary/{kind}+@:%$ {random}=?"


def spellings(secret: str) -> set[str]:
    """Return how a secret may be written: as it is, quoted for URLs, JSON and INI, and in base64."""
    quoted = {urllib.parse.quote(secret), urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret)}
    escaped = {json.dumps(secret)[1:-1], secret.replace("$", r"\$"), secret.replace("$", "$$"), repr(secret)[1:-1]}
    return {secret, *quoted, *escaped, *_encoded(secret)}


def findings(secrets: Mapping[str, str], places: Iterable[tuple[str, str]]) -> list[str]:
    """Name each place in which a secret stands, and which one, with what is around it."""
    return sorted({finding for place, text in places for finding in _found(secrets, place, text)})


def _found(secrets: Mapping[str, str], place: str, text: str) -> Iterator[str]:
    for kind, secret in secrets.items():
        for spelling in spellings(secret):
            at = text.find(spelling)
            if at >= 0:
                before, after = text[max(0, at - AROUND) : at], text[at + len(spelling) :][:AROUND]
                yield f"{place}: {kind}, in …{before!r} HERE {after!r}…"


def _encoded(secret: str) -> Iterator[str]:
    """Yield the base64 that stays the same whatever stands before and after: bytes shift it by one of three ways."""
    content = secret.encode()
    for shift in range(3):
        whole = content[(3 - shift) % 3 :]
        whole = whole[: len(whole) // 3 * 3]
        yield base64.b64encode(whole).decode()
        yield base64.urlsafe_b64encode(whole).decode()
