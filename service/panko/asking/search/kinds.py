"""Which types a value can have, by how it is written. Pure.

A number is compared with integers and floats, a time with times, and everything with texts where it has to be equal.
"""

import math
import re

from panko.event import TraitType, TraitValue
from panko.filters import Comparison
from panko.literals import parse_timestamp

NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,4})?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].+)?")

Typed = tuple[TraitType, Comparison, TraitValue]


def is_plain(text: str) -> bool:
    """Tell whether a value is a text and nothing else."""
    return not typed(text, Comparison.EQ)


def typed(text: str, comparison: Comparison) -> list[Typed]:
    """Return what a value is compared with as a number or a time; nothing when it is neither."""
    if NUMBER.fullmatch(text):
        return _numbers(text, comparison)
    if DATE.fullmatch(text):
        try:
            return [(TraitType.DATETIME, comparison, parse_timestamp(text))]
        except ValueError:
            return []
    return []


def _numbers(text: str, comparison: Comparison) -> list[Typed]:
    if text.removeprefix("-").isdecimal():
        whole = int(text)
        return [(TraitType.INTEGER, comparison, whole), *_float(text, comparison)]
    number = float(text)
    if not math.isfinite(number):
        return []
    return [*_integer(number, comparison), *_float(text, comparison)]


def _float(text: str, comparison: Comparison) -> list[Typed]:
    number = float(text)
    return [(TraitType.FLOAT, comparison, number)] if math.isfinite(number) else []


def _integer(number: float, comparison: Comparison) -> list[Typed]:
    """Compare integers with a fraction by the nearest integer that says the same."""
    if number.is_integer():
        return [(TraitType.INTEGER, comparison, int(number))]
    if comparison in (Comparison.GT, Comparison.GE):
        return [(TraitType.INTEGER, Comparison.GE, math.ceil(number))]
    if comparison in (Comparison.LT, Comparison.LE):
        return [(TraitType.INTEGER, Comparison.LE, math.floor(number))]
    return []
