"""What an option that a user wrote means: whether the service reads it, and whether its value is one.

Pure. Which options belong to the operator is the caller's business. oslo.config is not asked, because the operator
shares no code with the service: what is known of its options is data, and a test compares the verdicts.
"""

import math
from collections.abc import Callable, Mapping

from panko_operator.children.text.ini import Assignment
from panko_operator.children.text.known import OLD_NAMES, OPTIONS

BOOLEANS = frozenset({"true", "1", "on", "yes", "false", "0", "off", "no"})

# Tighter than the service: a token that was revoked may work for as long.
TIGHTER: Mapping[tuple[str, str], tuple[float, float]] = {("keystone_authtoken", "token_cache_time"): (-1, 300)}


def known_as(option: Assignment) -> str:
    """Return the name that the service has for an option now; old names are read as well."""
    return OLD_NAMES.get((option.section, option.key), option.key)


def problem(option: Assignment) -> str | None:
    """Say what is wrong with an option; None when the service can use it."""
    # oslo.middleware takes further origins from [cors.NAME].
    section = "cors" if option.section.startswith("cors.") else option.section
    key = (section, known_as(option))
    if key not in OPTIONS:
        return f"the service has no option [{option.section}] {option.key}; see whether it is misspelt"
    kind, least, most, choices = OPTIONS[key]
    if key in TIGHTER:
        least, most = TIGHTER[key]
    wanted = _wanted(option.value, kind=kind, bounds=(least, most), choices=choices)
    if wanted:
        return f"[{option.section}] {option.key} has to be {wanted}"
    if refers(option.value):
        return f"[{option.section}] {option.key} refers to another option by $, which may be a secret; write $$ for a $"
    return None


def refers(value: str) -> bool:
    """Tell whether oslo.config would put another option's value in: at each `$` that is not escaped."""
    return "$" in value.replace("$$", "").replace(r"\$", "")


def _wanted(
    value: str, *, kind: str, bounds: tuple[float | None, float | None], choices: tuple[str, ...]
) -> str | None:
    """Return what the value has to be; None when it is that."""
    if kind == "boolean":
        return None if value.lower() in BOOLEANS else "true or false"
    if kind in NUMBERS:
        parse, name = NUMBERS[kind]
        return None if _fits(value, parse, bounds=bounds) else name + _between(*bounds)
    if choices and value not in choices:
        return "one of " + ", ".join(choice or "nothing" for choice in choices)
    return None


def _fits(value: str, parse: Callable[[str], float], *, bounds: tuple[float | None, float | None]) -> bool:
    try:
        number = parse(value)
    except ValueError:
        return False
    least, most = bounds
    above, below = least is None or number >= least, most is None or number <= most
    return math.isfinite(number) and above and below


def _between(least: float | None, most: float | None) -> str:
    bounds = (f"at least {least:g}" if least is not None else "", f"at most {most:.0f}" if most is not None else "")
    said = " and ".join(filter(None, bounds))
    return f", {said}" if said else ""


NUMBERS: Mapping[str, tuple[Callable[[str], float], str]] = {
    "integer": (int, "a whole number"),
    "float": (float, "a number"),
}
