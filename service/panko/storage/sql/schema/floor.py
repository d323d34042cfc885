"""What a release has to know to work with the schema as it is, noted in the database for releases that come before.

An earlier release does not know the newest revision, and cannot tell whether it may go on: this row tells it.
"""

from alembic.migration import MigrationContext
from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

FLOOR = Table("schema_floor", MetaData(), Column("revision", String(32), primary_key=True))


def read(connection: Connection) -> str | None:
    """Return the revision that has to be known; None where nothing is noted."""
    if not inspect(connection).has_table(FLOOR.name):
        return None
    return connection.execute(select(FLOOR.c.revision)).scalars().first()


def write(connection: Connection, revision: str) -> None:
    """Note the revision that has to be known, unless it is noted; the caller commits."""
    FLOOR.create(connection, checkfirst=True)
    if read(connection) != revision:
        connection.execute(FLOOR.delete())
        connection.execute(FLOOR.insert().values(revision=revision))


def current(connection: Connection) -> str | None:
    """Return the revision of the schema."""
    return MigrationContext.configure(connection).get_current_revision()
