"""The changes that a dry run comes upon, in the order in which a pass would make them, and as the status tells them.

Secrets that would be generated are made up, and differ from those that come later: what is named by a digest of one
ends in `*`. No value is ever told.
"""

import dataclasses
import re
from collections.abc import Sequence
from typing import Final

from panko_operator.changes import Action, Change, Place
from panko_operator.resource import succession
from panko_operator.world import Manifest

MOST_ENTRIES: Final = 50  # in the status
MOST_FIELDS: Final = 12  # of an entry
LONGEST: Final = 200  # of a text in one
_DIGEST: Final = re.compile(r"-[0-9a-f]{8}$")
_TEXT: Final = "data.panko.conf"  # of known secrets, and of what the spec says
_NAMED_BY_CONTENT: Final = frozenset({"Secret", "ConfigMap"})


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """A change, and the condition of the step that would make it."""

    change: Change
    step: str

    def as_status(self) -> Manifest:
        """Write it as an entry of `status.plan`."""
        change = self.change
        told: Manifest = {
            "place": str(change.place),
            "action": str(change.action),
            "object": _short(f"{change.kind} {change.name}"),
            "step": self.step,
        }
        if change.fields:
            told["fields"] = _listed(change.fields)
        return told | ({"message": _short(change.note)} if change.note else {})


class Draft:
    """Collects changes. `step` is the condition of the step that is being done."""

    def __init__(self) -> None:
        self.step = ""
        self._entries: dict[tuple[Place, str, str], Entry] = {}
        self._made_up: set[str] = set()
        self._suffixes: set[str] = set()
        self._is_uncertain = False  # a secret would be another one, and with it what is named by its content

    def secret(self) -> str:
        """Return a text in the place of a secret that would be generated. The same dry run gives the same ones."""
        text = f"made-up-{len(self._made_up) + 1}"
        self._made_up.add(text)
        self._suffixes.add(succession.following("", (), draw=lambda: text))
        return text

    def is_made_up(self, text: str) -> bool:
        """Tell whether a secret is one of those."""
        return text in self._made_up

    def note(self, change: Change) -> None:
        """Take up a change; what happens to one thing more than once is one entry."""
        change = dataclasses.replace(change, name=self._named(change))
        self._is_uncertain |= _has_another_secret(change)
        key = (change.place, change.kind, change.name)
        before = self._entries.get(key)
        if before is None:
            self._entries[key] = Entry(change, self.step)
            return
        both = _after(before.change, change)
        if both is None:
            del self._entries[key]
        else:
            self._entries[key] = dataclasses.replace(before, change=both)

    def would_make(self, kind: str) -> bool:
        """Tell whether an object of a kind would be made."""
        made = (Action.CREATE, Action.REPLACE)
        return any(entry.change.kind == kind and entry.change.action in made for entry in self._entries.values())

    def has(self, kind: str) -> bool:
        """Tell whether anything happens to a thing of a kind."""
        return any(entry.change.kind == kind for entry in self._entries.values())

    def remark(self, kind: str, prefix: str, remark: str) -> None:
        """Say something about what would be made of a kind, and whose name begins so."""
        for key, entry in self._entries.items():
            change = entry.change
            if change.kind == kind and change.name.startswith(prefix) and change.action is Action.CREATE:
                self._entries[key] = dataclasses.replace(entry, change=dataclasses.replace(change, note=remark))

    def entries(self) -> Sequence[Entry]:
        """Return all of them, in order."""
        return tuple(self._entries.values())

    def _named(self, change: Change) -> str:
        name = change.name
        followed = next((suffix for suffix in self._suffixes if name.endswith(suffix)), None)
        if followed is not None:
            return f"{name.removesuffix(followed)}-*"
        by_content = change.kind in _NAMED_BY_CONTENT and change.action is Action.CREATE
        return _DIGEST.sub("-*", name) if by_content and self._is_uncertain else name


def _has_another_secret(change: Change) -> bool:
    """Tell whether a Secret that is named by its purpose would hold another secret; all others have theirs of these."""
    is_of_purpose = change.kind == "Secret" and not _DIGEST.search(change.name.replace("*", "00000000"))
    return is_of_purpose and set(change.fields) != {_TEXT}


def _after(first: Change, then: Change) -> Change | None:
    """Return what two changes of one thing come to; None when nothing is left of it."""
    match first.action, then.action:
        case Action.CREATE, Action.REMOVE:
            return None
        case (Action.REMOVE, Action.CREATE) | (Action.REPLACE, Action.CREATE | Action.CHANGE):
            return dataclasses.replace(first, action=Action.REPLACE, fields=())
        case Action.CHANGE, Action.CHANGE:
            return dataclasses.replace(first, fields=tuple(dict.fromkeys((*first.fields, *then.fields))))
        case _, Action.REMOVE:
            return dataclasses.replace(then, note=first.note)
        case _:
            return first


def _listed(fields: Sequence[str]) -> list[str]:
    more = len(fields) - MOST_FIELDS
    told = [_short(field) for field in fields[:MOST_FIELDS]]
    return [*told, f"and {more} more"] if more > 0 else told


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
