"""Verbs, and their forms: `power off` is `powered off` and `powering off`."""

import dataclasses

IRREGULAR = {
    "build": ("built", "building"),
    "choose": ("chose", "choosing"),
    "get": ("got", "getting"),
    "log": ("logged", "logging"),
    "plug": ("plugged", "plugging"),
    "put": ("put", "putting"),
    "read": ("read", "reading"),
    "rebuild": ("rebuilt", "rebuilding"),
    "reset": ("reset", "resetting"),
    "send": ("sent", "sending"),
    "set": ("set", "setting"),
    "shut": ("shut", "shutting"),
    "stop": ("stopped", "stopping"),
    "swap": ("swapped", "swapping"),
    "take": ("took", "taking"),
    "unplug": ("unplugged", "unplugging"),
    "unset": ("unset", "unsetting"),
}
VOWELS = "aeiou"


@dataclasses.dataclass(frozen=True, slots=True)
class Forms:
    """A verb as in "deleted" and "deleting"."""

    past: str
    gerund: str


def forms(phrase: str) -> Forms:
    """Return the forms of a verb and what belongs to it; only the first word is bent."""
    verb, space, rest = phrase.partition(" ")
    past, gerund = IRREGULAR.get(verb) or _regular(verb)
    return Forms(past + space + rest, gerund + space + rest)


def _regular(verb: str) -> tuple[str, str]:
    if verb.endswith("e"):
        return verb + "d", verb[:-1] + "ing"
    if verb.endswith("y") and verb[-2:-1] not in VOWELS:
        return verb[:-1] + "ied", verb + "ing"
    return verb + "ed", verb + "ing"
