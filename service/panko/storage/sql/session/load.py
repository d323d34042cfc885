"""How much others use the database, as counters tell that every account may read."""

from sqlalchemy import Connection

SHOW = ("SHOW GLOBAL STATUS LIKE 'Questions'", "SHOW SESSION STATUS LIKE 'Questions'")


def statements_of_others(connection: Connection) -> int:
    """Return how many statements other sessions have sent to the server.

    Always 0 for PostgreSQL, which counts with a delay and cannot tell its own from others', and SQLite.
    """
    if connection.dialect.name != "mysql":
        return 0
    everybody, own = (int(connection.exec_driver_sql(show).one()[1]) for show in SHOW)
    return everybody - own
