"""Every place in which a live object is not what a manifest says, by name: no value is told. Pure."""

import json
from collections.abc import Iterator
from typing import Any, Final

from panko_operator.kube.differences import compare, surplus
from panko_operator.kube.differences.matching import is_found
from panko_operator.world import Manifest

_DIGEST: Final = f"metadata.annotations.{compare.APPLIED}"
# By what the items of a list are told apart.
_KEYS: Final = ("name", "type", "containerPort", "port")


def differing(body: Manifest, live: Manifest, *, manager: str) -> tuple[str, ...]:
    """Return the places that an apply of a prepared manifest by `manager` would change; none needs no write."""
    if compare.is_current(body, live):
        return ()
    places = [
        *_lacking(body, live, ""),
        *_given_up(body, live, manager),
        *(f"spec.{field}" for field in compare.inexact(body, live)),
        *(_written(path, live) for path in surplus.of(body, live)),
    ]
    # The digest differs whenever we have changed our mind; alone it is the only thing to tell.
    told = [place for place in dict.fromkeys(places) if place != _DIGEST]
    return tuple(told) or (_DIGEST,)


def _lacking(wanted: Any, live: Any, path: str) -> Iterator[str]:
    """Yield where live does not hold what is wanted, as deep as the two go alike."""
    if isinstance(wanted, dict) and isinstance(live, dict):
        for key, value in wanted.items():
            if not is_found({key: value}, live):
                yield from _lacking(value, live.get(key), f"{path}.{key}" if path else key)
    elif _is_of_items(wanted) and _is_of_items(live):
        for item in wanted:
            if any(is_found(item, other) for other in live):
                continue
            same = next((other for other in live if _name(other) == _name(item)), None)
            yield from _lacking(item, same, f"{path}[{_name(item)}]")
    else:
        yield path


def _is_of_items(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) and _name(one) for one in value)


def _name(item: Manifest) -> str:
    return str(next((item[key] for key in _KEYS if key in item), ""))


def _given_up(body: Manifest, live: Manifest, manager: str) -> Iterator[str]:
    """Yield what `manager` has applied before and the manifest no longer has: an apply takes it away."""
    for entry in live["metadata"].get("managedFields") or ():
        if entry.get("manager") == manager and entry.get("operation") == "Apply":
            yield from _beyond(entry.get("fieldsV1") or {}, body, "")


def _beyond(fields: Manifest, wanted: Any, path: str) -> Iterator[str]:
    for key, inner in fields.items():
        kind, _, name = key.partition(":")
        if kind == "f":
            here = f"{path}.{name}" if path else name
            if not isinstance(wanted, dict) or name not in wanted:
                yield here
            else:
                yield from _beyond(inner, wanted[name], here)
        elif kind == "k":
            yield from _beyond_item(name, inner, wanted, path)


def _beyond_item(key: str, inner: Manifest, wanted: Any, path: str) -> Iterator[str]:
    """Yield what is beyond in the item of a list that the API server knows by some of its fields."""
    known = json.loads(key)
    items = wanted if isinstance(wanted, list) else []
    item = next((one for one in items if is_found(known, one) or _named_alike(known, one)), None)
    here = f"{path}[{_name(known) or key}]"
    if item is None:
        yield here
    else:
        yield from _beyond(inner, item, here)


def _named_alike(known: Manifest, item: Any) -> bool:
    """Tell whether an item is meant although the API server has filled in a part of its key."""
    return isinstance(item, dict) and all(item[key] == value for key, value in known.items() if key in item)


def _written(path: surplus.Path, live: Any) -> str:
    """Write a path into a live object; items of lists by their names."""
    text = ""
    for step in path:
        live = live[step]
        if isinstance(step, int):
            text += f"[{(_name(live) if isinstance(live, dict) else '') or step}]"
        else:
            text += f".{step}" if text else step
    return text
