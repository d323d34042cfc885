"""How the database is connected to and how long it may take. Values only."""

import dataclasses

WRITES = "panko_writes"  # execution option: the transaction will write, so SQLite takes its lock at BEGIN
READS = "panko_reads"  # execution option: statements read, each for itself, so MySQL needs no transaction
DEADLINE = "panko_deadline"  # execution option: no statement goes on after this moment of time.monotonic()
MAX_PACKET = "max_allowed_packet"  # in the info of a connection; no other database has such a limit
INCREMENT = "auto_increment_increment"  # in the info of a connection: the distance of ids that the database counts up


@dataclasses.dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """The bounds of one Connection.

    `pool_size` is the number of threads that use it. None as `statement_timeout_seconds` or `read_timeout_seconds`
    sets no bound: only for changing the schema, where a single statement may rewrite a table. So many events as
    `rare_limit` are sorted faster than the walk to a full page of them would take. A statement that takes
    `slow_query_seconds` is logged; None logs none. A page ends before it holds more than `max_page_bytes` of text.
    """

    pool_size: int = 8
    pool_timeout_seconds: int = 5
    recycle_seconds: int = 280
    connect_timeout_seconds: int = 2
    read_timeout_seconds: int | None = 9
    statement_timeout_seconds: int | None = 8
    lock_wait_timeout_seconds: int = 3
    retry_tries: int = 4
    retry_deadline_seconds: float = 8.0
    rare_limit: int = 10_000
    slow_query_seconds: float | None = None
    max_page_bytes: int = 4 * 1024 * 1024


SCHEMA_CHANGE = ConnectionSettings(
    pool_size=1, read_timeout_seconds=None, statement_timeout_seconds=None, lock_wait_timeout_seconds=50
)
