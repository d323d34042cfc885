"""The manual of the API: every page in gabbi/ holds on a real server with a real database."""

import gc
import unittest
import warnings
from pathlib import Path

import pytest
import yaml
from gabbi import handlers, suitemaker

PAGES = Path(__file__).parent / "gabbi"


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.yaml")), ids=lambda page: page.stem)
def test_page_of_the_manual_holds(page, noauth_api):
    count, broken = follow(page, noauth_api.port)
    assert not broken, "\n".join(broken)
    assert count


def follow(page: Path, port: int) -> tuple[int, list[str]]:
    """Do what a page says. Return the number of its examples, and what is wrong with which."""
    suite = suitemaker.test_suite_from_dict(
        unittest.defaultTestLoader,
        page.stem,
        yaml.safe_load(page.read_text()),
        str(PAGES),
        "127.0.0.1",
        port,
        None,
        None,
        handlers=[handler() for handler in handlers.RESPONSE_HANDLERS],
    )
    result = unittest.TestResult()
    with warnings.catch_warnings():
        # gabbi leaves it to the garbage collector to close its connections.
        warnings.simplefilter("ignore", ResourceWarning)
        suite.run(result)
        broken = [f"{case}: {text.splitlines()[-1]}" for case, text in [*result.failures, *result.errors]]
        count = result.testsRun
        del suite, result
        gc.collect()
    return count, broken
