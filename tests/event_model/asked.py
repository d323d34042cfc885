"""Filters as v2 makes them, by the names of its special fields."""

from panko.asking.v2 import Query
from panko.filters import Page


def asked_by_v2(scope, **fields):
    return Query(Page(1), **fields).within(scope)
