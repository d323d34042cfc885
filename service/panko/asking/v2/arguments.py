"""The shape of what was sent: a URL's arguments and a JSON body become one set of raw terms.

Pure. It knows nothing about what the terms mean.
"""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Any

from panko.asking.bounds import MAX_FILTERS
from panko.asking.v2.refusals import invalid, repeated, unknown_arguments
from panko.errors import InvalidInputError
from panko.literals import why_unstorable
from panko.quoting import quote

Arguments = Sequence[tuple[str, str]]

KEYS = ("q", "limit", "sort", "marker")
FILTER_KEYS = ("field", "op", "type", "value")
FILTER_ARGUMENT = re.compile(r"q(?:\[(?P<index>\d{1,4})\])?\.(?P<key>\w+)")


@dataclasses.dataclass(frozen=True, slots=True)
class Term:
    """One filter as it was sent."""

    field: str
    value: str
    op: str | None = None
    type: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Sent:
    """Everything that was sent; None where it was not. `limit` is still what the caller wrote."""

    q: Sequence[Term] = ()
    limit: Any = None
    sort: Sequence[str] = ()
    marker: str | None = None


def read(arguments: Arguments, body: Any) -> Sent:
    """Read the arguments of a URL and a JSON body, where None is no body. Raise InvalidInputError."""
    from_url, from_json = _from_url(arguments), _from_json(body)
    for key in from_url:
        if key in from_json:
            raise repeated(key)
    sent = Sent(**from_url, **from_json)
    if len(sent.q) > MAX_FILTERS:
        raise InvalidInputError(f"The query has {len(sent.q)} filters, {MAX_FILTERS} are the most.")
    return sent


def refuse_arguments(arguments: Arguments) -> None:
    """Raise InvalidInputError when there are any arguments, for resources that take none."""
    if arguments:
        raise unknown_arguments(key for key, _value in arguments)


def _from_url(arguments: Arguments) -> dict[str, Any]:
    for key, value in arguments:
        _refuse_unstorable(key, value)
    unknown = [key for key, _value in arguments if key not in KEYS and not _is_filter_argument(key)]
    if unknown:
        raise unknown_arguments(unknown)
    sent: dict[str, Any] = {}
    terms: dict[tuple[int, int], dict[str, str]] = {}
    seen = dict.fromkeys(FILTER_KEYS, 0)
    for key, value in arguments:
        match = FILTER_ARGUMENT.fullmatch(key)
        if match:
            name, index = match["key"], match["index"]
            position = (1, int(index)) if index else (0, seen[name])
            seen[name] += 0 if index else 1
            terms.setdefault(position, {})[name] = value
        elif key == "q":
            raise invalid("q", value, "unable to convert to ArrayType. Write q.field=NAME&q.op=eq&q.value=VALUE.")
        elif key == "sort":
            sent.setdefault("sort", []).append(value)
        elif key in sent:
            raise repeated(key)
        else:
            sent[key] = value
    if terms:
        sent["q"] = [_term(terms[position]) for position in sorted(terms)]
    return sent


def _is_filter_argument(key: str) -> bool:
    match = FILTER_ARGUMENT.fullmatch(key)
    return match is not None and match["key"] in FILTER_KEYS


def _from_json(body: Any) -> dict[str, Any]:
    if body is None:
        return {}
    if not isinstance(body, dict):
        raise InvalidInputError("Request must be a JSON dict")
    unknown = [key for key in body if key not in KEYS]
    if unknown:
        raise unknown_arguments(unknown)
    sent = {key: value for key, value in body.items() if value is not None}
    if "q" in sent:
        sent["q"] = [_json_term(term) for term in _list_of(sent["q"], "q", dict)]
    if "sort" in sent:
        sent["sort"] = _list_of(sent["sort"], "sort", str)
    if "marker" in sent:
        sent["marker"] = _text("marker", sent["marker"])
    return sent


def _json_term(term: Mapping[str, Any]) -> Term:
    for key in term:
        if key not in FILTER_KEYS:
            raise InvalidInputError(f"Unknown attribute for argument q: {quote(key)}")
    return _term({key: _text(key, value) for key, value in term.items() if value is not None})


def _term(attributes: Mapping[str, str]) -> Term:
    for name in ("field", "value"):
        if name not in attributes:
            raise invalid(name, None, "Mandatory field missing.")
    return Term(**attributes)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise invalid(name, value, f"Wrong type. Expected '{str}', got '{type(value)}'")
    _refuse_unstorable(name, value)
    return value


def _list_of(value: Any, name: str, of: type) -> list[Any]:
    if not isinstance(value, list):
        raise invalid(name, value, f"Wrong type. Expected '[{of}]', got '{type(value)}'")
    for item in value:
        if not isinstance(item, of):
            raise invalid(name, item, f"Wrong type. Expected '{of}', got '{type(item)}'")
    return value


def _refuse_unstorable(name: str, value: str) -> None:
    for text in (name, value):
        reason = why_unstorable(text)
        if reason:
            raise invalid(ascii(name)[1:-1], ascii(value)[1:-1], f"{reason}.")
