"""A filter with one value more or less: what the links beside a value lead to. Pure."""

import dataclasses
import re
from collections.abc import Callable

from panko.asking.search import Filter, Token, Value, parse, printed
from panko.asking.search.tokens import KEYS, TEXTS

REQUEST = re.compile(r"req-[0-9a-fA-F-]{8,60}")
RESOURCE = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
KEYS_OF_TRAITS = {name: key for key, name in TEXTS.items()}


@dataclasses.dataclass(frozen=True, slots=True)
class Choice:
    """Filters with a value and without it; None where that is how it is already."""

    more: str | None
    less: str | None

    def urls(self, url: Callable[[str], str]) -> tuple[str | None, str | None]:
        """Return where both are seen; `url` is where a filter is."""
        return None if self.more is None else url(self.more), None if self.less is None else url(self.less)


@dataclasses.dataclass(frozen=True, slots=True)
class Chip:
    """A part of a filter, and the filter without it."""

    text: str
    is_negated: bool
    rest: str


def choice(wanted: Filter, key: str, value: str, *, is_trait: bool = False) -> Choice:
    """Return the filters that select a value, and that exclude it."""
    return _choice(wanted, Token(key, (Value(value),), is_trait=is_trait))


def of_word(wanted: Filter, word: str) -> Choice:
    """Return the filters with a word more, as facets name them, and with the opposite. Raise FilterError."""
    (token,) = parse(word).tokens
    return _choice(wanted, token)


def of_trait(wanted: Filter, name: str, value: str) -> Choice:
    """Return the filters by the value of a trait: of those that have a key of their own by that."""
    key = KEYS_OF_TRAITS.get(name, name)
    return choice(wanted, key, value, is_trait=key == name and key in KEYS and name not in TEXTS.values())


def only(key: str, value: str) -> str:
    """Return the filter of this value alone."""
    return printed(Filter((Token(key, (Value(value),)),)))


def subject(text: str) -> tuple[str, str] | None:
    """Return what somebody has pasted into the box who wrote no filter: a kind, resource or request, and its id."""
    word = text.strip()
    if REQUEST.fullmatch(word):
        return "request", word
    return ("resource", word) if RESOURCE.fullmatch(word) else None


def chips(wanted: Filter) -> list[Chip]:
    """Return the parts of a filter, each of which can be taken out; those that have a value are one for each."""
    found = []
    for place, token in enumerate(wanted.tokens):
        for value in token.values:
            left = tuple(one for one in token.values if one is not value)
            rest = [dataclasses.replace(token, values=left)] if left else []
            others = (*wanted.tokens[:place], *rest, *wanted.tokens[place + 1 :])
            alone = dataclasses.replace(token, values=(value,))
            text = printed(Filter((dataclasses.replace(alone, is_negated=False),)))
            found.append(Chip(text, token.is_negated, printed(Filter(others))))
    return found


def _choice(wanted: Filter, word: Token) -> Choice:
    more, less = (_with(wanted, dataclasses.replace(word, is_negated=negated)) for negated in (False, True))
    before = printed(wanted)
    return Choice(None if more == before else more, None if less == before else less)


def _with(wanted: Filter, word: Token) -> str:
    """Return the filter with a token of one value, which what says the opposite of it loses."""
    (value,) = word.values
    opposite = dataclasses.replace(word, is_negated=not word.is_negated)
    tokens = [_without(token, value) if _is_like(token, opposite) else token for token in wanted.tokens]
    kept = [token for token in tokens if token.values]
    if not any(_is_like(token, word) and value in token.values for token in kept):
        kept.append(word)
    return printed(Filter(tuple(kept)))


def _is_like(one: Token, other: Token) -> bool:
    """Tell whether two tokens differ in their values alone; it is asked for each value that a screen shows."""
    return (one.key, one.is_negated, one.is_trait) == (other.key, other.is_negated, other.is_trait)


def _without(token: Token, value: Value) -> Token:
    return dataclasses.replace(token, values=tuple(one for one in token.values if one != value))
