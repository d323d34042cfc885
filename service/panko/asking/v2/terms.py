"""What the terms of a query mean: the special fields of an event, and filters of traits.

Pure.
"""

import math
from collections.abc import Callable
from datetime import datetime

from panko.asking.v2.arguments import Term
from panko.errors import InvalidInputError
from panko.event import TraitType, TraitValue
from panko.filters import Comparison, TraitFilter
from panko.literals import parse_timestamp
from panko.quoting import quote

TRUE_WORDS = frozenset({"1", "t", "true", "on", "y", "yes"})


def comparison(term: Term) -> Comparison:
    """Return how a term compares; no operator is eq."""
    try:
        return Comparison(term.op or "eq")
    except ValueError:
        supported = tuple(known.value for known in Comparison)
        message = f"Operator {quote(term.op)} is not supported. The supported operators are: {supported}"
        raise InvalidInputError(message) from None


def _require_operator(term: Term, only: str) -> None:
    op = term.op or "eq"
    if op != only:
        raise InvalidInputError(
            f"Operator {quote(op)} is not supported. Only `{only}' operator is available for field {term.field}"
        )


def _exact(term: Term) -> str | None:
    _require_operator(term, "eq")
    return term.value or None


def _bound(term: Term, only: str) -> datetime | None:
    # Without another meaning: the original's own command line client writes eq and nothing else, and so its 4.0 wanted.
    if term.op not in {None, "", "eq"}:
        _require_operator(term, only)
    if not term.value:
        return None
    try:
        return parse_timestamp(term.value)
    except ValueError as error:
        raise InvalidInputError(f"Unable to parse date string '{quote(term.value)}'") from error


def _boolean(term: Term) -> bool:
    return term.value.strip().lower() in TRUE_WORDS


# By field: the attribute of a Query, and how its value is read.
SPECIAL_FIELDS: dict[str, tuple[str, Callable[[Term], TraitValue]]] = {
    "event_type": ("event_type", _exact),
    "message_id": ("message_id", _exact),
    "start_timestamp": ("start", lambda term: _bound(term, "ge")),
    "end_timestamp": ("end", lambda term: _bound(term, "le")),
}
# A trait's name like any other, unless an admin asks.
ADMIN_FIELDS: dict[str, tuple[str, Callable[[Term], TraitValue]]] = {"all_tenants": ("all_tenants", _boolean)}


def trait_filter(term: Term) -> TraitFilter:
    """Return the filter of a trait; its type is string unless the term says otherwise."""
    type_name = term.type or TraitType.TEXT.api_name
    if type_name not in TRAIT_TYPES:
        raise InvalidInputError(
            f"The data type {quote(term.type)} is not supported. The supported data type list is: {list(TRAIT_TYPES)}"
        )
    trait_type, convert = TRAIT_TYPES[type_name]
    try:
        value = convert(term.value)
    except ValueError as error:
        raise InvalidInputError(
            f"Unable to convert the value {quote(term.value)} to the expected data type {type_name}."
        ) from error
    return TraitFilter(name=term.field, type=trait_type, comparison=comparison(term), value=value)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


TRAIT_TYPES: dict[str, tuple[TraitType, Callable[[str], TraitValue]]] = {
    "integer": (TraitType.INTEGER, int),
    "float": (TraitType.FLOAT, _finite),
    "string": (TraitType.TEXT, str),
    "datetime": (TraitType.DATETIME, parse_timestamp),
}
