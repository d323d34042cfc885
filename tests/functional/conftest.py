"""The order of the files: whoever takes a file takes the whole of it, so the long ones begin first."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
LONG = (
    "operator/test_operator.py",  # waits for minutes, as the operator does
    "operator/test_deletion_frozen.py",
    "service/storage/test_queries.py",
    "operator/test_deaths_between_requests.py",
    "operator/test_keystone.py",
    "operator/test_canaries.py",
    "galera/test_ledger.py",
    "service/storage/test_plans.py",
    "operator/test_database_rotation.py",
    "service/test_collector.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files in front of all others, whose order stays."""
    places = {FOLDER / file: place for place, file in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.path, len(LONG)))
