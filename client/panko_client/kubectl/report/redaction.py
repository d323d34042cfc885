"""What is taken out of a report before anybody else reads it. Pure.

First by place: Secrets are names and keys alone, and customServiceConfig its option names. Then by pattern: a login in
a URL, a hash, a token, a key. Then by value: whatever a Secret of the Panko's namespace or the
operator's holds, in each spelling.
"""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, quote_plus

GONE: Final = "[taken out]"
SHORTEST: Final = 5  # characters of a value that is looked for: shorter ones are in every text
# Keys of Secrets that hold no secret; what is under any other is looked for and taken out.
OPEN_KEYS: Final = frozenset(
    {
        "type",
        "provider",
        "host",
        "port",
        "uri",
        "public-uri",
        "creating",
        "username",
        "since",
        "retired",
        "previous-until",
        "namespace",  # of a service account's token
        "ca.crt",
        "tls.crt",
        "OS_USERNAME",
        "OS_PROJECT_NAME",
        "OS_USER_DOMAIN_NAME",
        "OS_PROJECT_DOMAIN_NAME",
        "OS_AUTH_URL",
        "OS_REGION_NAME",
    }
)
_LEFT_OUT: Final = ("kubectl.kubernetes.io/last-applied-configuration", "managedFields")
_TEXTS: Final = ("customServiceConfig",)
_WORD: Final = r"[^\s\",}]+"  # what follows a name and = or :
_PATTERNS: Final = tuple(
    (re.compile(pattern, re.DOTALL), instead)
    for pattern, instead in (
        (r"(\w+://[^\s/:@\"'\\]*:)[^\s\"']+@", rf"\1{GONE}@"),  # to the last @: a password may hold any
        (r"\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}", GONE),
        (r"\bgAAAA[\w=-]{20,}", GONE),
        (r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", GONE),
        (rf"(?i)\b(x-\w+-token|authorization)(\"?\s*[:=]\s*\"?)(?:basic |bearer )?{_WORD}", rf"\1\2{GONE}"),
        (rf"(?i)\b([\w-]*(?:password|passwd|secret_key))(\"?\s*[=:]\s*\"?){_WORD}", rf"\1\2{GONE}"),
    )
)
_OF: Final = ".."  # between a Secret and a key in the operator's copy of several
_SECTION: Final = re.compile(r"\s*(\[[\w.-]+\])?\s*")
_OPTION: Final = re.compile(r"([\w.-]+\s*[=:]).*")


@dataclass(frozen=True, slots=True)
class Redaction:
    """What is looked for by value: each spelling of each secret, the longest first."""

    spellings: tuple[str, ...] = field(repr=False, default=())
    too_short: int = 0

    @classmethod
    def of(cls, secrets: Iterable[Mapping[str, Any]]) -> "Redaction":
        """Read the Secrets of a namespace."""
        values = {value for secret in secrets for value in _values(secret)}
        sought = {value for value in values if len(value) >= SHORTEST}
        spellings = {spelling for value in sought for spelling in spelled(value) if len(spelling) >= SHORTEST}
        return cls(tuple(sorted(spellings, key=len, reverse=True)), len(values) - len(sought))

    def text(self, text: str) -> str:
        """Return a text without what must not be in it."""
        for spelling in self.spellings:
            text = text.replace(spelling, GONE)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text

    def document(self, value: Any) -> Any:
        """Return an object of Kubernetes without what must not be in it, as JSON of the same form."""
        return _walked(value, self.text)


def spelled(value: str) -> set[str]:
    """Return how a value may be written: as it is, quoted for URLs, JSON and INI, and in base64 wherever it begins."""
    quoted = {quote(value), quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1]}
    escaped = {value.replace("$", "$$"), value.replace("$", r"\$"), value.replace("%", "%%"), repr(value)[1:-1]}
    return {value, *quoted, *escaped, *_encoded(value.encode())}


def without_values(text: str) -> str:
    """Return a configuration file with its sections and the names of its options alone; comments say anything."""
    return "\n".join(_without_value(line) for line in text.splitlines())


def _without_value(line: str) -> str:
    if _SECTION.fullmatch(line):
        return line
    option = _OPTION.fullmatch(line)
    return f"{option[1]} {GONE}" if option else GONE


def secret(live: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be told of a Secret: what it is called, what for, and its keys."""
    metadata = live["metadata"]
    kept = ("name", "creationTimestamp", "labels", "ownerReferences", "deletionTimestamp")
    return {
        "kind": "Secret",
        "metadata": {key: metadata[key] for key in kept if key in metadata},
        "type": live.get("type"),
        "keys": sorted(live.get("data") or {}),
    }


def _values(live: Mapping[str, Any]) -> Iterable[str]:
    for key, encoded in (live.get("data") or {}).items():
        if key.rpartition(_OF)[2] not in OPEN_KEYS:
            content = base64.b64decode(encoded)
            text = content.decode(errors="ignore").strip()
            yield text


def _encoded(content: bytes) -> Iterable[str]:
    """Yield base64 that is the same whatever stands before and after: bytes before shift it in one of three ways."""
    yield base64.b64encode(content).decode()
    for shift in range(3):
        whole = content[(3 - shift) % 3 :]
        whole = whole[: len(whole) // 3 * 3]
        yield base64.b64encode(whole).decode()
        yield base64.urlsafe_b64encode(whole).decode()


def _walked(value: Any, redacted: Any) -> Any:
    if isinstance(value, dict):
        return {key: _of_key(key, inner, redacted) for key, inner in value.items() if key not in _LEFT_OUT}
    if isinstance(value, list):
        return [_walked(inner, redacted) for inner in value]
    return redacted(value) if isinstance(value, str) else value


def _of_key(key: str, value: Any, redacted: Any) -> Any:
    if key in _TEXTS and isinstance(value, str):
        return redacted(without_values(value))
    return _walked(value, redacted)
