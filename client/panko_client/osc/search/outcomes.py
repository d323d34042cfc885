"""What came of an event: the server's rules in a table of its own, for servers that do not tell. Pure."""

from collections.abc import Mapping
from typing import Final

OK: Final = "ok"
FAILED: Final = "failed"
STARTED: Final = "started"

TOLD: Final = {
    "success": OK,
    "ok": OK,
    "failure": FAILED,
    "failed": FAILED,
    "error": FAILED,
    "pending": STARTED,
    "started": STARTED,
}
ERROR: Final = "error"
# What types end with; those of requests to an API have words of their own.
PHASES: Final = {"start": STARTED, "error": FAILED}
AUDIT: Final = {"request": STARTED}


def _spelled(word: str) -> tuple[str, ...]:
    return word, word.capitalize(), word.upper()


_TOLD: Final = {spelled: said for word, said in TOLD.items() for spelled in _spelled(word)}


def outcome(event_type: str, traits: Mapping[str, str]) -> str:
    """Return what the trait `outcome` says, else .error, else `state: error`, else .start, else that it went well."""
    told = _TOLD.get(traits.get("outcome", ""))
    if told:
        return told
    stem, _, last = event_type.rpartition(".")
    is_audit = stem == "http" or stem.endswith(".http")
    phase = (AUDIT if is_audit else PHASES).get(last, OK) if stem else OK
    return FAILED if traits.get("state") in _spelled(ERROR) else phase
