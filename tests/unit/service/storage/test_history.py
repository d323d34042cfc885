"""What revisions say of themselves, and what follows from it for releases that come before."""

import importlib
import pkgutil

import pytest

from panko.storage.sql.schema import history
from panko.storage.sql.schema.history import History, Phase
from panko.storage.sql.schema.migrations import versions

NAMES = [module.name for module in pkgutil.iter_modules(versions.__path__)]
LATER = History(("0001", "0002", "0003", "0004", "0005"), frozenset({"0003", "0005"}))


@pytest.mark.parametrize("name", NAMES)
def test_every_revision_says_whether_it_expands_or_contracts(name):
    module = importlib.import_module(f"{versions.__name__}.{name}")
    assert Phase(module.phase) in {Phase.EXPAND, Phase.CONTRACT}


def test_the_history_is_a_line_of_all_revisions():
    known = history.known()
    assert known.revisions == tuple(sorted(known.revisions))
    assert len(known.revisions) == len(NAMES)
    assert known.newest == known.revisions[-1]


def test_an_expansion_ends_at_the_newest_revision_that_takes_nothing_away():
    assert LATER.expanded == "0004"
    assert History(("0001", "0002"), frozenset()).expanded == "0002"


@pytest.mark.parametrize(
    ("revision", "floor"), [("0001", "0001"), ("0002", "0001"), ("0003", "0002"), ("0004", "0002"), ("0005", "0004")]
)
def test_a_release_has_to_know_what_was_there_when_something_was_taken_away_last(revision, floor):
    assert LATER.floor(revision) == floor
