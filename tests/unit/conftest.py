"""Golden files: what a test expects to the letter, reviewed like code."""

from pathlib import Path

import pytest


def pytest_addoption(parser):
    parser.addoption("--regenerate-golden", action="store_true", help="Regenerate the golden files.")
    parser.addoption("--accept-restart", action="store_true", help="Let the next operator restart every pod.")


@pytest.fixture
def golden(request):
    """Compare text with a file in golden/ beside the test, or regenerate it with --regenerate-golden."""
    directory = Path(request.path).parent / "golden"

    def compare(name, text):
        file = directory / name
        if request.config.getoption("--regenerate-golden", default=False):
            file.write_text(text)
        assert text == file.read_text(), f"{file} differs: review the change, then run `make golden`"

    return compare
