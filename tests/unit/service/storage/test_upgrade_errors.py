"""What a refused upgrade says, which an operator copies into a status that many may read."""

import sqlite3

import pytest
from sqlalchemy.exc import DBAPIError

from panko.storage.sql.engines import mysql
from panko.storage.sql.schema import lock, migrate
from panko.storage.sql.schema.migrate import SchemaNewerError, UpgradeError, upgrade
from panko.storage.sql.schema.preflight import Plan, Rewrite, RewriteNeededError
from panko.storage.sql.schema.presence import TablesMissingError


def test_refusal_of_the_database_is_told_without_the_words_of_its_driver(tmp_path):
    path = tmp_path / "panko.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE s3cret (id INTEGER)")
        connection.execute("CREATE VIEW event AS SELECT id FROM s3cret")
    connection.close()
    with pytest.raises(UpgradeError, match=r"correct that and run it again\.$") as caught:
        upgrade(f"sqlite:///{path}")
    assert "s3cret" not in str(caught.value)
    assert "event" not in str(caught.value)
    assert "view" not in str(caught.value)
    assert "error SQLITE_ERROR" in str(caught.value)


class DriverError(Exception):
    """What a driver raises: a code first."""


@pytest.mark.parametrize("code", sorted(mysql.FAILURES))
def test_no_failure_is_told_by_advising_what_is_being_done(code):
    original = DriverError(code, "words of the driver")
    assert "run panko-dbsync" not in migrate.told(DBAPIError("SELECT 1", {}, original))


def test_no_refusal_is_told_by_advising_what_is_being_done():
    refusals = (
        SchemaNewerError("0007", "0006"),
        RewriteNeededError(Plan("0001", "0006", (Rewrite("event", 1, 1),), 0)),
        TablesMissingError(["event"], "0006"),
    )
    assert not [str(one) for one in (*refusals, lock.STILL_AT_WORK) if "run panko-dbsync" in str(one)]
