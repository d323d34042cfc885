"""Tables whose pages the database compresses: fewer bytes on the disk, for what is read from there a little later.

What is compressed stays so, whatever a later upgrade is told.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from panko.errors import ConfigurationError
from panko.storage.sql import engines
from panko.storage.sql.rows.tables import METADATA
from panko.storage.sql.schema.progress import reported


def due(connection: Connection) -> Mapping[str, str]:
    """Return the statements that compress our tables' pages, by table; raise ConfigurationError where none can."""
    found = engines.of(connection.dialect).uncompressed(connection)
    if found is None:
        raise ConfigurationError(
            "The database compresses no pages: MariaDB does, unless its innodb_compression_algorithm is none. Nothing "
            "was changed. Leave out --compress-pages; in Kubernetes that is spec.database.compressPages of the Panko."
        )
    return {name: found[name] for name in METADATA.tables if name in found}


def compress(connection: Connection, report: Callable[[str], None]) -> int:
    """Have all pages compressed while everybody reads and writes. Return how many tables that has changed."""
    statements = due(connection)
    for table, statement in statements.items():
        with reported(connection, f"compressing the pages of the table {table}", report):
            connection.exec_driver_sql(statement)
    return len(statements)
