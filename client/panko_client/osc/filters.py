"""Options that select: texts of a person to a query. Pure."""

import argparse
import re
from typing import Final

from panko_client.event import DTYPES
from panko_client.query import Filter

OPERATORS: Final = {"=": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
DIGITS: Final = 18
FILTER: Final = re.compile(
    rf"(?P<field>[^=<>!]+?)(?::(?P<type>{'|'.join(DTYPES)}))?(?P<op>!=|<=|>=|=|<|>)(?P<value>.*)", re.DOTALL
)


def parse(text: str) -> Filter:
    """Return the filter that `KEY=VALUE` is; other operators are != < <= > >=, and `KEY:integer>=4` has a type."""
    found = FILTER.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no filter: write KEY=VALUE, or KEY:integer>=VALUE.")
    return Filter(found["field"], found["value"], OPERATORS[found["op"]], found["type"] or "")


def number(text: str) -> int:
    """Return the number of rows that an option names."""
    if not text.isascii() or not text.isdigit() or len(text) > DIGITS or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of rows: write 1 or more.")
    return int(text)
