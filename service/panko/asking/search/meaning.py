"""What a filter means, as a tree of terms. Pure.

Tokens hold together. Tokens of one key are alternatives, as values of one token are, unless they are negated, compare,
or ask for a trait to be there: of those each holds.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from panko.asking.bounds import bounded
from panko.asking.search import kinds, naming, outcome
from panko.asking.search.tokens import HAS, ID, KEYS, OUTCOME, RESOURCE, TEXTS, TYPE, Filter, Token, Value
from panko.event import TraitType
from panko.filters import (
    And,
    Comparison,
    Expression,
    HasTrait,
    MessageIdFilter,
    Not,
    Or,
    TraitFilter,
    TraitPrefix,
    TypeFilter,
    TypePrefix,
)
from panko.filters.expressions import NOTHING_MATCHES, normal
from panko.literals import why_unstorable

# What is equal to a key of its own.
OWN: Mapping[str, Callable[[str], Expression]] = MappingProxyType(
    {TYPE: TypeFilter, ID: MessageIdFilter, HAS: HasTrait, OUTCOME: outcome.expression}
)


def expression(wanted: Filter, *, id_traits: Sequence[str]) -> Expression:
    """Return what holds for the events that are meant; `id_traits` are the places in which a resource is named."""
    alternatives: dict[tuple[str, bool], list[Expression]] = {}
    every: list[Expression] = []
    for token in wanted.tokens:
        one = tuple(_value(token, value, id_traits) for value in token.values)
        if token.is_negated:
            every.append(Not(Or(one)))
        elif token.compares or (token.key == HAS and not token.is_trait):
            every.append(Or(one))
        else:
            alternatives.setdefault((token.key, token.is_trait), []).extend(one)
    return bounded(normal(And((*every, *(Or(tuple(each)) for each in alternatives.values())))))


def names(wanted: Filter, *, id_traits: Sequence[str]) -> Iterator[tuple[str, Token]]:
    """Yield the name of every trait that is asked for, with the token that does."""
    for token in wanted.tokens:
        if token.is_trait or token.key not in KEYS:
            yield token.key, token
        elif token.key in TEXTS:
            yield TEXTS[token.key], token
        elif token.key == OUTCOME:
            yield from ((name, token) for name in (outcome.TRAIT, outcome.STATE))
        elif token.key == RESOURCE:
            yield from ((name, token) for name in dict.fromkeys(map(naming.trait_of, id_traits)))
        elif token.key == HAS:
            yield from ((value.text, token) for value in token.values)


def texts(token: Token) -> tuple[str, ...]:
    """Return what the trait of a token is compared with."""
    return () if token.key == HAS and not token.is_trait else tuple(value.text for value in token.values)


def resource(resource_id: str, id_traits: Sequence[str], *, is_prefix: bool = False) -> Expression:
    """Return what holds for the events that name a resource, whichever trait does; for none by an id that none has."""
    if why_unstorable(resource_id):
        return NOTHING_MATCHES
    named = dict.fromkeys(naming.named(id_traits, resource_id, is_prefix=is_prefix))
    return Or(tuple(_text(name, text, is_prefix=is_prefix) for name, text in named))


def request(request_id: str) -> Expression:
    """Return what holds for the events of a request; for none by an id that none has."""
    return NOTHING_MATCHES if why_unstorable(request_id) else _text(TEXTS["request"], request_id)


def _value(token: Token, value: Value, id_traits: Sequence[str]) -> Expression:
    key = "" if token.is_trait else token.key
    if key == RESOURCE:
        return resource(value.text, id_traits, is_prefix=value.is_prefix)
    if key in TEXTS:
        return _text(TEXTS[key], value.text, is_prefix=value.is_prefix)
    if key == TYPE and value.is_prefix:
        return TypePrefix(value.text)
    return OWN[key](value.text) if key in OWN else _trait(token.key, value)


def _trait(name: str, value: Value) -> Expression:
    """Return a comparison with every type that the value can have by how it is written."""
    found = [] if value.is_text or value.is_prefix else kinds.typed(value.text, value.comparison)
    terms: list[Expression] = [TraitFilter(name, *typed) for typed in found]
    if value.comparison is Comparison.EQ:
        terms.insert(0, _text(name, value.text, is_prefix=value.is_prefix))
    return Or(tuple(terms))


def _text(name: str, text: str, *, is_prefix: bool = False) -> Expression:
    if is_prefix:
        return TraitPrefix(name, text)
    return TraitFilter(name, TraitType.TEXT, Comparison.EQ, text)
