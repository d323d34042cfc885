"""A Panko for each test."""

import copy

import pytest

from fakes import crd
from panko_operator.resource import Panko


def merge(below, above):
    """Lay one tree of mappings over another; a None takes a field away."""
    merged = copy.deepcopy(below)
    for key, value in above.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = merge(merged[key], value)
        else:
            merged[key] = value
    return merged


@pytest.fixture
def make_panko():
    """Make a Panko from a sample and what differs in its spec."""

    def make(spec=None, *, sample="minimal", **metadata):
        body = merge(crd.sample(sample), {"spec": spec or {}, "metadata": metadata})
        return Panko.from_body(crd.live(body))

    return make


@pytest.fixture
def panko(make_panko):
    """The minimal sample."""
    return make_panko()
