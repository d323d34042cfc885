"""A Panko for each test, and the golden manifests."""

import copy
from pathlib import Path

import pytest

from fakes import crd
from panko_operator.resource import Panko


def pytest_addoption(parser):
    parser.addoption("--regenerate-golden", action="store_true", help="Regenerate the golden manifests.")


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


@pytest.fixture
def golden(request):
    """Compare text with a file in golden/ beside the test, or write it with --regenerate-golden."""
    directory = Path(request.path).parent / "golden"

    def compare(name, text):
        file = directory / name
        if request.config.getoption("--regenerate-golden", default=False):
            file.write_text(text)
        assert text == file.read_text(), f"{file} differs: review the change, then run `make golden`"

    return compare
