"""Whether what an event tells of went well."""

import enum
from collections.abc import Mapping

from panko.event import Event
from panko.stories.stems import Phase, phase_of
from panko.stories.traits import texts


class Outcome(enum.Enum):
    """What came of it; the value is its name in the API."""

    OK = "ok"
    FAILED = "failed"
    STARTED = "started"


# CADF's words, and those that the API itself uses. "unknown" says nothing, so the type decides.
TOLD = {
    "success": Outcome.OK,
    "ok": Outcome.OK,
    "failure": Outcome.FAILED,
    "failed": Outcome.FAILED,
    "error": Outcome.FAILED,
    "pending": Outcome.STARTED,
    "started": Outcome.STARTED,
}
ERROR = "error"


def spellings(word: str) -> tuple[str, ...]:
    """Return how services write a word: error, Error and ERROR. A database looks for each as it is."""
    return word, word.capitalize(), word.upper()


_ERRORS = spellings(ERROR)
_TOLD: Mapping[str, Outcome] = {spelled: said for word, said in TOLD.items() for spelled in spellings(word)}


def outcome(event: Event, traits: Mapping[str, str] | None = None) -> Outcome:
    """Return what the trait `outcome` says, else the suffix .error, else `state: error`, else .start or anything.

    `traits` are its texts where they are known.
    """
    traits = texts(event) if traits is None else traits
    told = _TOLD.get(traits.get("outcome", ""))
    if told is not None:
        return told
    phase = phase_of(event.event_type)
    if phase is Phase.ERROR or traits.get("state") in _ERRORS:
        return Outcome.FAILED
    return Outcome.STARTED if phase is Phase.START else Outcome.OK
