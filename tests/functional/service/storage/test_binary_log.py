"""A server with a binary log, as one that is replicated has: what is stored is logged, or the format of it named."""

from datetime import UTC, datetime

import pytest

from panko.errors import StorageUnavailableError
from panko.event import Event, Trait, TraitType
from panko.storage import Recorded
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.schema.migrate import upgrade
from servers.mariadb import MariaDB

TRAITS = (Trait("state", TraitType.TEXT, "active"), Trait("size", TraitType.INTEGER, 5))


class LoggedMariaDB(MariaDB):
    """A server that logs what it commits; the format is a session's when that begins."""

    options = (*MariaDB.options, "--log-bin=log", "--server-id=1")


@pytest.fixture(scope="module")
def logged():
    server = LoggedMariaDB()
    try:
        server.start()
        yield server
    finally:
        server.remove()


def numbered(count):
    return [Event(str(number), "t", datetime.now(UTC), TRAITS) for number in range(count)]


@pytest.mark.parametrize("log_format", ["MIXED", "ROW"])
@pytest.mark.parametrize("count", [1, 5, 60])
def test_what_is_stored_is_logged(logged, log_format, count):
    logged.execute(f"SET GLOBAL binlog_format = {log_format}")
    url = logged.new_database()
    upgrade(url)
    store = connect(url, ConnectionSettings())
    assert store.record_events(numbered(count)) == Recorded(created=count, duplicates=0)
    store.dispose()


def test_a_format_that_nothing_can_be_stored_with_is_named(logged):
    logged.execute("SET GLOBAL binlog_format = STATEMENT")
    with pytest.raises(StorageUnavailableError, match="set binlog_format of the database to ROW"):
        upgrade(logged.new_database())
