"""An event type as what happens and the phase of it: `compute.instance.create.end` is the end of that create."""

import enum


class Phase(enum.IntEnum):
    """Where in an operation an event stands, in the order in which events of one moment are taken."""

    START = 0
    POINT = 1  # it has no phases: it happened
    END = 2
    ERROR = 3


SUFFIXES = {"start": Phase.START, "end": Phase.END, "error": Phase.ERROR}
# The audit middleware notifies of a request before and after it.
AUDIT = {"request": Phase.START, "response": Phase.END}

# What a type ends with that has a phase; which of them a type really has, `split` says.
ENDS = (*(f".{suffix}" for suffix in SUFFIXES), *(f"http.{suffix}" for suffix in AUDIT))


def split(event_type: str) -> tuple[str, Phase]:
    """Return the stem and the phase of a type."""
    stem, _, last = event_type.rpartition(".")
    suffixes = AUDIT if is_audit(stem) else SUFFIXES
    phase = suffixes.get(last) if stem else None
    return (event_type, Phase.POINT) if phase is None else (stem, phase)


def phase_of(event_type: str) -> Phase:
    """Return the phase alone."""
    return split(event_type)[1]


def is_audit(stem: str) -> bool:
    """Tell whether a stem is that of a request to an API, such as `audit.http`."""
    return stem == "http" or stem.endswith(".http")


def types_of(stem: str) -> tuple[str, ...]:
    """Return the types that an operation of a stem has."""
    return tuple(f"{stem}.{suffix}" for suffix in (AUDIT if is_audit(stem) else SUFFIXES))
