"""What a refused upgrade says, which an operator copies into a status that many may read."""

import sqlite3

import pytest

from panko.storage.sql.schema.migrate import UpgradeError, upgrade


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
