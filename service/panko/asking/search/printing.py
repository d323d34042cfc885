"""A filter as text, from which the same filter is read again. Pure."""

import re

from panko.asking.search.tokens import OPERATORS, Filter, Token, Value

BARE_KEY = re.compile(r'[^\s:,"*<>=()\-][^\s:,"*<>=()]*')
BARE_VALUE = re.compile(r'[^\s,"*<>=()][^\s,"*()]*')
SYMBOLS = {comparison: symbol for symbol, comparison in OPERATORS.items()}


def printed(wanted: Filter) -> str:
    """Write a filter."""
    return " ".join(map(_token, wanted.tokens))


def _token(token: Token) -> str:
    key = _quoted(token.key) if token.is_trait or not BARE_KEY.fullmatch(token.key) else token.key
    return f"{'-' if token.is_negated else ''}{key}:{','.join(map(_value, token.values))}"


def _value(value: Value) -> str:
    text = _quoted(value.text) if value.is_text or not BARE_VALUE.fullmatch(value.text) else value.text
    return f"{SYMBOLS.get(value.comparison, '')}{text}{'*' if value.is_prefix else ''}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
