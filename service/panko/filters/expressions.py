"""What events are asked for: a tree of And, Or and Not over terms. Pure.

An expression holds for an event or does not, there is no third: Not is the exact complement.
"""

import dataclasses
import enum
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Union

from panko.event import TraitType, TraitValue

JUST = timedelta(microseconds=1)  # no two moments are nearer to each other


class Comparison(enum.Enum):
    """How a trait's value is compared; the value is the operator's name in the API."""

    LT = "lt"
    LE = "le"
    EQ = "eq"
    NE = "ne"
    GE = "ge"
    GT = "gt"


@dataclasses.dataclass(frozen=True, slots=True)
class MessageIdFilter:
    """The event of this message_id."""

    message_id: str


@dataclasses.dataclass(frozen=True, slots=True)
class TypeFilter:
    """Events of this type."""

    event_type: str


@dataclasses.dataclass(frozen=True, slots=True)
class Since:
    """Events that were generated at this moment, aware and in UTC, or later."""

    moment: datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Until:
    """Events that were generated at this moment, aware and in UTC, or earlier."""

    moment: datetime


@dataclasses.dataclass(frozen=True, slots=True)
class TraitFilter:
    """Events that have the trait `name` of this type with a value that compares true.

    An event that lacks the trait never matches, `ne` included; so it does match Not of such a filter.
    """

    name: str
    type: TraitType
    comparison: Comparison
    value: TraitValue


@dataclasses.dataclass(frozen=True, slots=True)
class TypePrefix:
    """Events whose type begins so."""

    prefix: str


@dataclasses.dataclass(frozen=True, slots=True)
class TypeSuffix:
    """Events whose type ends so."""

    suffix: str


@dataclasses.dataclass(frozen=True, slots=True)
class TraitPrefix:
    """Events that have the text trait `name` with a value that begins so."""

    name: str
    prefix: str


@dataclasses.dataclass(frozen=True, slots=True)
class HasTrait:
    """Events that have a trait of this name, of whatever type and value."""

    name: str


AboutType = TypeFilter | TypePrefix | TypeSuffix
AboutTrait = TraitFilter | TraitPrefix | HasTrait
Term = MessageIdFilter | AboutType | Since | Until | AboutTrait


@dataclasses.dataclass(frozen=True, slots=True)
class And:
    """Events that all of the expressions hold for; of none, every event."""

    expressions: tuple["Expression", ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Or:
    """Events that one of the expressions holds for; of none, no event."""

    expressions: tuple["Expression", ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Not:
    """Events that the expression does not hold for."""

    expression: "Expression"


Expression = Union[Term, And, Or, Not]  # noqa: UP007 - `|` takes no forward reference on Python 3.11

EVERYTHING_MATCHES, NOTHING_MATCHES = And(()), Or(())


def during(start: datetime | None, end: datetime | None) -> tuple[Expression, ...]:
    """Return what holds together from one moment on until before another one; None is no bound."""
    since = () if start is None else (Since(start),)
    until = () if end is None else (Until(end - JUST),)
    return (*since, *until)


def conjuncts(expression: Expression) -> tuple[Expression, ...]:
    """Return what must hold together, each in its normal form; NOTHING_MATCHES stands alone."""
    form = normal(expression)
    return form.expressions if isinstance(form, And) else (form,)


def alternatives(expression: Expression) -> tuple[Expression, ...]:
    """Return what an expression leaves to choose from: its parts, or itself."""
    return expression.expressions if isinstance(expression, Or) else (expression,)


def normal(expression: Expression) -> Expression:
    """Return the normal form: Not stands before terms only, And and Or alternate and hold two expressions at least.

    Nothing is sorted, and what is said twice stays twice.
    """
    return _normal(expression, negated=False)


def _normal(expression: Expression, *, negated: bool) -> Expression:
    match expression:
        case Not(inner):
            return _normal(inner, negated=not negated)
        case And(inner) | Or(inner):
            kind = And if isinstance(expression, And) is not negated else Or
            return _joined(kind, [_normal(one, negated=negated) for one in inner])
        case term:
            return Not(term) if negated else term


def _joined(kind: type[And] | type[Or], expressions: list[Expression]) -> Expression:
    flat: list[Expression] = []
    for one in expressions:
        if isinstance(one, And | Or) and not isinstance(one, kind) and not one.expressions:
            return one  # nothing, in an And; everything, in an Or
        flat += one.expressions if isinstance(one, kind) else (one,)
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


def parts(expression: Expression) -> Iterator[tuple[Expression, int]]:
    """Yield every node of the tree as often as it is said, and how deep it is; the first one is at 1. No recursion."""
    waiting = [(expression, 1)]
    while waiting:
        one, depth = waiting.pop()
        yield one, depth
        match one:
            case And(inner) | Or(inner):
                waiting.extend((each, depth + 1) for each in inner)
            case Not(inner):
                waiting.append((inner, depth + 1))
            case _:
                pass
