"""The chart, rendered once for all tests that look at it."""

import pytest

from rendering import chart


@pytest.fixture(scope="session")
def default_release(tmp_path_factory):
    """All objects of a release with the default values."""
    return chart.render({}, tmp_path_factory.mktemp("default"))


@pytest.fixture
def render(tmp_path):
    """Render the chart with values."""
    return lambda **values: chart.render(values, tmp_path)
