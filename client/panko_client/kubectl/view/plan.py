"""A plan as a person reads it: by place, in the order in which it would be done. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import click

from panko_client.kubectl.terminal import printing

_PLACES: Final = ("Kubernetes", "Keystone", "Database")
_SIGNS: Final = {
    "Create": ("+", "green"),
    "Change": ("~", "yellow"),
    "Replace": ("±", "yellow"),
    "Remove": ("-", "red"),
    "Later": ("?", "cyan"),
}


def told(plan: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a plan of `changes` and `entries`."""
    entries, changes = plan["entries"], plan["changes"]
    others = sorted({one["place"] for one in entries} - set(_PLACES))
    for place in (*_PLACES, *others):
        mine = [one for one in entries if one["place"] == place]
        if mine:
            yield f"{place}"
            for one in mine:
                yield from _entry(one)
            yield ""
    if changes > len(entries):
        yield f"… and {changes - len(entries)} more, which the plan has no room for."
    yield _counted(entries, changes)


def _entry(one: Mapping[str, Any]) -> Iterator[str]:
    sign, colour = _SIGNS.get(one["action"], ("?", "cyan"))
    yield f"  {click.style(sign, fg=colour)} {one['action']:<7} {one['object']}"
    for field in one.get("fields", ()):
        yield f"              {field}"
    if one.get("message"):
        yield f"              {one['message']}"


def _counted(entries: list[Mapping[str, Any]], changes: int) -> str:
    if not changes:
        return "No change: everything is as it is wanted."
    counts = {action: sum(one["action"] == action for one in entries) for action in _SIGNS}
    parts = ", ".join(f"{count} to {action.lower()}" for action, count in counts.items() if count and action != "Later")
    later = f"{counts['Later']} known later" if counts["Later"] else ""
    return f"{printing.counted(changes, 'change')}: {', '.join(filter(None, (parts, later)))}."
