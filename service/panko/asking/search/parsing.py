r"""Reads a filter from text: the one grammar of the API, its pages, URLs and the command line. Pure.

    filter = [ token { space token } ]
    token  = [ "-" ] key ":" value { "," value }
    value  = [ ">" | ">=" | "<" | "<=" ] text | text "*"

Keys and texts are written as they are, or in quotation marks, in which a backslash stands before `"` and `\`. What is
no such text is refused with its column and with what to write instead.
"""

import dataclasses

from panko.asking.bounds import MAX_FILTERS
from panko.asking.search import kinds
from panko.asking.search.printing import BARE_KEY, BARE_VALUE
from panko.asking.search.refusals import FilterError
from panko.asking.search.tokens import HAS, ID, KEYS, OPERATORS, OUTCOME, Filter, Token, Value
from panko.filters import Comparison
from panko.literals import why_unstorable
from panko.quoting import quote

MAX_CHARACTERS = 4096
WITHOUT_PREFIX = frozenset({ID, OUTCOME, HAS})
WITHOUT_COMPARISON = KEYS


def parse(text: str) -> Filter:
    """Return the filter that a text says. Raise FilterError."""
    if len(text) > MAX_CHARACTERS:
        reason = f"it is longer than {MAX_CHARACTERS} characters. Split it into several questions."
        raise FilterError(MAX_CHARACTERS + 1, reason)
    unstorable = why_unstorable(text)
    if unstorable:
        raise FilterError(1, f"{unstorable}. Leave that character out.")
    reader = _Reader(text)
    tokens = tuple(reader.tokens())
    if sum(len(token.values) for token in tokens) > MAX_FILTERS:
        raise FilterError(1, f"it has more than {MAX_FILTERS} values. Split it into several questions.")
    return Filter(tokens)


@dataclasses.dataclass(slots=True)
class _Reader:
    """A text, and how far it was read."""

    text: str
    at: int = 0

    def tokens(self) -> list[Token]:
        found: list[Token] = []
        while self._skip_spaces():
            found.append(self._token())
            if self.at < len(self.text) and not self.text[self.at].isspace():
                raise self._error(f"{self._shown()} follows a value. Write a space before the next key.")
        return found

    def _skip_spaces(self) -> bool:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.at < len(self.text)

    def _token(self) -> Token:
        negated = self._takes("-")
        key, quoted = self._key()
        is_trait = quoted and key in KEYS
        values = [self._value(key, is_trait=is_trait)]
        while self._takes(","):
            values.append(self._value(key, is_trait=is_trait))
        return Token(key, tuple(values), is_negated=negated, is_trait=is_trait)

    def _key(self) -> tuple[str, bool]:
        begin = self.at
        if self._sees('"'):
            key = self._quoted()
            if not self._takes(":"):
                raise self._error(f"a quoted text has no key. Write KEY:{self.text[begin : self.at]}, such as a type.")
            if not key:
                raise self._error('"" names no trait. Write the name of one.', at=begin)
            return key, True
        match = BARE_KEY.match(self.text, self.at)
        if match is None:
            raise self._error(f"{self._shown()} begins no key. Write KEY:VALUE, such as type:compute.*.")
        self.at = match.end()
        if not self._takes(":"):
            raise self._error(_without_colon(match[0], self.text[self.at : self.at + 1]), at=begin)
        return match[0], False

    def _value(self, key: str, *, is_trait: bool) -> Value:
        begin = self.at
        symbol = next((symbol for symbol in OPERATORS if self._takes(symbol)), None)
        if self._sees("="):
            raise self._error(f"= is no comparison. Write {key}:VALUE for what is equal.")
        text, quoted = self._text(key)
        value = Value(
            text,
            comparison=OPERATORS[symbol] if symbol else Comparison.EQ,
            is_prefix=self._takes("*"),
            is_text=quoted and not kinds.is_plain(text),
        )
        reason = _why_not(key if not is_trait else None, value)
        if reason:
            raise self._error(reason, at=begin)
        return dataclasses.replace(value, is_text=False) if value.is_prefix else value

    def _text(self, key: str) -> tuple[str, bool]:
        if self._sees('"'):
            return self._quoted(), True
        match = BARE_VALUE.match(self.text, self.at)
        if match is None and self._sees("*"):
            raise self._error(f"* alone is any value. Write has:{key}.")
        if match is None:
            what = self._shown() if self.at < len(self.text) and not self.text[self.at].isspace() else "nothing"
            raise self._error(f'{what} is no value. Write {key}:VALUE, or {key}:"VALUE" for special characters.')
        self.at = match.end()
        if self._sees("*") and not self._ends(self.at + 1):
            reason = "* may stand at the end of a value only. Ask for its beginning, or quote the value to mean a star."
            raise self._error(reason)
        return match[0], False

    def _ends(self, at: int) -> bool:
        following = self.text[at : at + 1]
        return following in ("", ",") or following.isspace()

    def _quoted(self) -> str:
        begin = self.at
        self.at += 1
        letters: list[str] = []
        while self.at < len(self.text):
            letter = self.text[self.at]
            self.at += 1
            if letter == '"':
                return "".join(letters)
            if letter == "\\":
                if self.text[self.at : self.at + 1] not in ('"', "\\"):
                    raise self._error('\\ stands before " or \\ only. Write \\\\ to mean it.', at=self.at - 1)
                letter = self.text[self.at]
                self.at += 1
            letters.append(letter)
        raise self._error('the quotation mark is not closed. Write another " at the end of the value.', at=begin)

    def _sees(self, text: str) -> bool:
        return self.text.startswith(text, self.at)

    def _takes(self, text: str) -> bool:
        if not self._sees(text):
            return False
        self.at += len(text)
        return True

    def _shown(self) -> str:
        return quote(self.text[self.at : self.at + 1])

    def _error(self, reason: str, *, at: int | None = None) -> FilterError:
        return FilterError((self.at if at is None else at) + 1, reason)


def _without_colon(word: str, following: str) -> str:
    if following in ("<", ">", "="):
        return f"{following} stands after a colon. Write {quote(word)}:{following.replace('=', '')}VALUE."
    return f"{quote(word)} has no key, and there is no free text. Write KEY:{quote(word)}, such as resource:ID."


def _why_not(key: str | None, value: Value) -> str | None:
    """Say why a key does not take a value and what to write; the key is None for a trait whose name is a key's."""
    return _why_no_prefix(key, value) if value.is_prefix else _why_not_compared(key, value)


def _why_no_prefix(key: str | None, value: Value) -> str | None:
    if not value.text:
        return f'""* is any value. Write has:{key or "NAME"}.'
    if key in WITHOUT_PREFIX:
        return f"{key}: takes no *. Write the whole value."
    if value.comparison is not Comparison.EQ:
        return "a value with * is not compared. Write one of both."
    return None


def _why_not_compared(key: str | None, value: Value) -> str | None:
    if value.comparison is Comparison.EQ:
        return None
    if key in WITHOUT_COMPARISON:
        beginning = "" if key in WITHOUT_PREFIX else f", or {key}:BEGINNING*"
        return f"{key}: is text, which is not compared. Write {key}:VALUE{beginning}."
    if value.is_text or kinds.is_plain(value.text):
        return f"{quote(value.text)} is no number and no time. Compare with one, such as 512 or 2026-11-22T14:00:00."
    return None
