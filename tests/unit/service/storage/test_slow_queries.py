"""Statements that take long are logged as they were built; nobody's values are."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from panko.storage.sql.session import slow_queries


class Clock:
    """Each statement takes as long as `seconds`."""

    def __init__(self):
        self.now, self.seconds = 0.0, 0.0

    def __call__(self):
        self.now += self.seconds / 2
        return self.now


@pytest.fixture
def run(caplog):
    def run(statement, *, seconds, threshold=1.0, **values):
        clock, engine = Clock(), create_engine("sqlite://", hide_parameters=True)
        slow_queries.watch(engine, threshold, clock=clock)
        clock.seconds = 2 * seconds
        with caplog.at_level("INFO", logger=slow_queries.__name__), engine.connect() as connection:
            connection.execute(text(statement), values)
        engine.dispose()

    return run


def test_what_takes_as_long_as_the_threshold_is_told_without_values(run, caplog):
    run("SELECT\n  :value", seconds=1, value="s3cret")
    (record,) = caplog.records
    assert record.message == "A statement took 1.00 s: SELECT ?"
    assert record.levelname == "WARNING"


def test_what_is_quick_and_what_nobody_asked_for_is_not(run, caplog):
    run("SELECT 1", seconds=0.5)
    run("SELECT 1", seconds=5, threshold=None)
    assert caplog.text == ""


def test_what_fails_late_is_told_too(run, caplog):
    with pytest.raises(OperationalError):
        run("SELECT nothing", seconds=3)
    (record,) = caplog.records
    assert record.message == "A statement failed after 3.00 s: SELECT nothing"
    assert record.levelname == "INFO"


def test_a_long_statement_is_cut(run, caplog):
    run(f"SELECT 1{', 1' * 1000}", seconds=1)
    assert len(caplog.records[0].message) < 1100
