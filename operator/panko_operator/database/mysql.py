"""MySQL and MariaDB. Accounts are made for the host `%`, because pods come from anywhere.

Account management takes no bound parameters on the server's side; PyMySQL escapes the values, `_identifier` the names.
"""

import hashlib
import ssl
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import pymysql
from pymysql.cursors import Cursor

from panko_operator.database import certificates, marks
from panko_operator.database.certificates import Files
from panko_operator.database.guarded_login import REFUSED, GuardedConnection
from panko_operator.database.refusals import (
    login_refused,
    no_such_database,
    password_withheld,
    privilege_missing,
    untrusted,
)
from panko_operator.errors import DatabaseError, DatabaseUnreachableError
from panko_operator.resource import roles
from panko_operator.world.values import DatabaseAddress, Login

HOST: Final = "%"
_OF_THE_OWNER: Final = frozenset(
    {"CREATE", "ALTER", "DROP", "INDEX", "REFERENCES", "CREATE TEMPORARY TABLES", "LOCK TABLES"}
)

_TABLES: Final = "SELECT table_name FROM information_schema.tables WHERE table_schema = %s"
_CONNECT_SECONDS: Final = 3
_READ_SECONDS: Final = 10
_REFUSED: Final = frozenset({1045, 1698, 3118, 3955, 4151})  # wrong password, unknown user, locked
# For a database (also one that does not exist), KILL, a table, a column, a statement, and GRANT that would make a user.
_NOT_ALLOWED: Final = frozenset({1044, 1095, 1142, 1143, 1227, 1410})
_NO_SUCH_DATABASE: Final = 1049
_UNREACHABLE: Final = frozenset({2002, 2003, 2005, 2006, 2013, 2055, 1040, 1053, 1047})


# What an account needs, as the words of a GRANT.
_USE: Final = "ALL PRIVILEGES ON {database}.*"
_SHARE: Final = "ALL PRIVILEGES ON {database}.* WITH GRANT OPTION"
_ACCOUNTS: Final = "CREATE USER ON *.*"
_SESSIONS: Final = "PROCESS and CONNECTION ADMIN (MySQL: CONNECTION_ADMIN) ON *.*"


def login(address: DatabaseAddress, account: Login) -> None:
    """Log in to the database and out again."""
    with _session(address, account, database=address.name):
        pass


def create_database(address: DatabaseAddress, admin: Login) -> bool:
    """Create the database when absent; return whether it was."""
    with _session(address, admin) as cursor:
        if _one(cursor, "SELECT 1 FROM information_schema.schemata WHERE schema_name = %s", address.name):
            return False
        cursor.execute(f"CREATE DATABASE IF NOT EXISTS {_identifier(address.name)} CHARACTER SET utf8mb4")
    return True


def has_database(address: DatabaseAddress, admin: Login) -> bool:
    """Tell whether the database exists."""
    with _session(address, admin) as cursor:
        return _one(cursor, "SELECT 1 FROM information_schema.schemata WHERE schema_name = %s", address.name)


def read_mark(address: DatabaseAddress, login: Login) -> str | None:
    """Return the text in the table of the mark, or None. MySQL has no comment on a database."""
    with _session(address, login, database=address.name) as cursor:
        if not _one(cursor, f"{_TABLES} AND table_name = '{marks.TABLE}'", address.name):
            return None
        cursor.execute(f"SELECT mark FROM {marks.TABLE} WHERE id = 1")  # noqa: S608 -- a constant
        row = cursor.fetchone()
    return None if row is None else str(row[0])


def write_mark(address: DatabaseAddress, login: Login, text: str) -> None:
    """Mark the database unless it is marked: the first one stays."""
    with _session(address, login, database=address.name) as cursor:
        cursor.execute(
            f"CREATE TABLE IF NOT EXISTS {marks.TABLE} (id INTEGER PRIMARY KEY, mark VARCHAR(1000) NOT NULL)"
            " CHARACTER SET utf8mb4 ENGINE InnoDB"
        )
        with suppress(pymysql.err.IntegrityError):
            cursor.execute(f"INSERT INTO {marks.TABLE} (id, mark) VALUES (1, %s)", (text,))  # noqa: S608 -- a constant


def change_mark(address: DatabaseAddress, login: Login, text: str) -> None:
    """Write another mark in the place of the one that is there."""
    with _session(address, login, database=address.name) as cursor:
        cursor.execute(f"UPDATE {marks.TABLE} SET mark = %s WHERE id = 1", (text,))  # noqa: S608 -- a constant


def tables(address: DatabaseAddress, login: Login) -> list[str]:
    """Return the names of all tables and views in the database."""
    with _session(address, login, database=address.name) as cursor:
        cursor.execute(_TABLES, (address.name,))
        return [str(row[0]) for row in cursor.fetchall()]


def revision(address: DatabaseAddress, login: Login, *, tables: Collection[str]) -> str | None:
    """Return the revision of the schema; None unless all tables are there."""
    with _session(address, login, database=address.name) as cursor:
        cursor.execute(_TABLES, (address.name,))
        if not {str(row[0]) for row in cursor.fetchall()}.issuperset(tables):
            return None
        cursor.execute(f"SELECT version_num FROM {marks.REVISION}")  # noqa: S608 -- a constant
        return ",".join(sorted(str(row[0]) for row in cursor.fetchall())) or None


def create_account(address: DatabaseAddress, admin: Login, account: Login) -> bool:
    """Create the account when absent; return whether it was."""
    with _session(address, admin, needs=_ACCOUNTS) as cursor:
        if _exists(cursor, account.username):
            return False
        _with_password(cursor, "CREATE USER IF NOT EXISTS", account)
    return True


def has_account(address: DatabaseAddress, admin: Login, username: str) -> bool:
    """Tell whether the account exists."""
    with _session(address, admin, needs=_ACCOUNTS) as cursor:
        return _exists(cursor, username)


def set_password(address: DatabaseAddress, admin: Login, account: Login) -> None:
    """Give the account its password."""
    with _session(address, admin, needs=_ACCOUNTS) as cursor:
        _with_password(cursor, "ALTER USER", account)


def grant(address: DatabaseAddress, admin: Login, *, username: str, role: str, after: str = "") -> bool:  # noqa: ARG001 -- no account owns anything here
    """Make the account's grants on the database be those of its role; return whether any was not."""
    wanted = _wanted(role)
    with _session(address, admin, needs=_SHARE) as cursor:
        held = _held(cursor, address.name, username)
        for verb, preposition, privileges in (("GRANT", "TO", wanted - held), ("REVOKE", "FROM", held - wanted)):
            if privileges:
                words = ", ".join(sorted(privileges))
                statement = f"{verb} {words} ON {_pattern(address.name)}.* {preposition} %s@%s"
                cursor.execute(statement, (username, HOST))
    return held != wanted


def lacks_grants(address: DatabaseAddress, admin: Login, *, username: str, role: str) -> bool:
    """Tell whether `grant` would change anything."""
    with _session(address, admin, needs=_SHARE) as cursor:
        return _held(cursor, address.name, username) != _wanted(role)


def _wanted(role: str) -> frozenset[str]:
    known = roles.BY_NAME[role]
    return known.privileges | (_OF_THE_OWNER if known.owns_schema else frozenset())


def estimate(address: DatabaseAddress, login: Login) -> tuple[int, int]:
    """Return about how many events there are, and how many bytes of tables and indexes."""
    with _session(address, login) as cursor:
        cursor.execute(
            "SELECT SUM(CASE WHEN table_name = %s THEN table_rows ELSE 0 END), SUM(data_length + index_length)"
            " FROM information_schema.tables WHERE table_schema = %s",
            (marks.EVENTS, address.name),
        )
        events, size_bytes = cursor.fetchone() or (0, 0)
    return int(events or 0), int(size_bytes or 0)


def has_sessions(address: DatabaseAddress, admin: Login, username: str) -> bool:
    """Tell whether anybody is logged in under the account; raise DatabasePrivilegeError for who cannot see them."""
    with _session(address, admin, needs=_SESSIONS) as cursor:
        if not _sees_all_sessions(cursor):
            raise privilege_missing(address, admin, code="no PROCESS", needed=_SESSIONS)
        return _one(cursor, "SELECT 1 FROM information_schema.processlist WHERE user = %s", username)


def hand_over(address: DatabaseAddress, admin: Login, username: str, *, heir: str) -> None:
    """Do nothing: tables belong to the database here."""


def drop_account(address: DatabaseAddress, admin: Login, username: str) -> None:
    """End the account's sessions and drop it, when it exists."""
    with _session(address, admin, needs=f"{_ACCOUNTS}, {_SESSIONS}") as cursor:
        cursor.execute("SELECT id FROM information_schema.processlist WHERE user = %s", (username,))
        _kill(cursor)
        cursor.execute("DROP USER IF EXISTS %s@%s", (username, HOST))


def drop_database(address: DatabaseAddress, admin: Login) -> None:
    """End the database's sessions and drop it, when it exists."""
    with _session(address, admin, needs=f"{_USE}, {_SESSIONS}") as cursor:
        cursor.execute(
            "SELECT id FROM information_schema.processlist WHERE db = %s AND id <> CONNECTION_ID()", (address.name,)
        )
        _kill(cursor)
        cursor.execute(f"DROP DATABASE IF EXISTS {_identifier(address.name)}")


def _exists(cursor: Cursor, username: str) -> bool:
    # A view that every account may read about the grantees it can see; mysql.user needs a grant of its own.
    grantee = f"{_literal(username)}@{_literal(HOST)}"
    return _one(cursor, "SELECT 1 FROM information_schema.user_privileges WHERE grantee = %s", grantee)


def _sees_all_sessions(cursor: Cursor) -> bool:
    """Tell whether the account has the privilege PROCESS, by itself or by a role: without it one sees one's own."""
    cursor.execute("SELECT CURRENT_USER()")
    user, _, host = (cursor.fetchone() or ("",))[0].rpartition("@")
    cursor.execute(
        "SELECT 1 FROM information_schema.user_privileges WHERE privilege_type IN ('PROCESS', 'ALL PRIVILEGES')"
        " AND (grantee = %s OR grantee NOT LIKE %s OR grantee LIKE %s)",
        (f"{_literal(user)}@{_literal(host)}", "%@%", "%@''"),
    )
    return cursor.fetchone() is not None


def _held(cursor: Cursor, database: str, username: str) -> frozenset[str]:
    cursor.execute(
        "SELECT privilege_type FROM information_schema.schema_privileges WHERE grantee = %s AND table_schema = %s",
        (f"{_literal(username)}@{_literal(HOST)}", _escaped(database)),
    )
    return frozenset(row[0] for row in cursor.fetchall())


def _with_password(cursor: Cursor, verb: str, account: Login) -> None:
    # MariaDB writes statements to its general log as they came, so it is sent the hash; MySQL masks passwords there.
    if "mariadb" in cursor.connection.get_server_info().lower():  # type: ignore[no-untyped-call]
        words, password = "IDENTIFIED BY PASSWORD", _native_hash(account.password)
    else:
        words, password = "IDENTIFIED BY", account.password
    cursor.execute(f"{verb} %s@%s {words} %s", (account.username, HOST, password))


def _native_hash(password: str) -> str:
    """Hash as mysql_native_password does, MariaDB's default plug-in."""
    inner = hashlib.sha1(password.encode()).digest()  # noqa: S324 -- the server's own format
    return "*" + hashlib.sha1(inner).hexdigest().upper()  # noqa: S324


def _kill(cursor: Cursor) -> None:
    for (session,) in cursor.fetchall():
        try:
            cursor.execute("KILL CONNECTION %s", (session,))
        except pymysql.Error as error:
            if _code(error) != 1094:  # noqa: PLR2004 -- unknown thread id: it has ended by itself
                raise


def _one(cursor: Cursor, statement: str, value: str) -> bool:
    return cursor.execute(statement, (value,)) > 0


def _identifier(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _escaped(database: str) -> str:
    """Escape the wildcards of a GRANT's database name: without it `my_panko` covers `my1panko` too."""
    return database.replace("\\", "\\\\").replace("_", "\\_").replace("%", "\\%")


def _pattern(database: str) -> str:
    # Doubled, because PyMySQL formats the statement with the values.
    return _identifier(_escaped(database)).replace("%", "%%")


def _literal(text: str) -> str:
    """Quote as the server writes a grantee."""
    return "'" + text + "'"


@contextmanager
def _session(
    address: DatabaseAddress, account: Login, *, database: str | None = None, needs: str = _USE
) -> Iterator[Cursor]:
    """Log in, hand a cursor out, log out; raise our errors. `needs` is told to whom the server does not let."""
    with _translated(address, account, needs), certificates.written(address.tls) as files:
        connection = GuardedConnection(
            host=address.host,
            port=address.port,
            user=account.username,
            password=account.password,
            database=database,
            charset="utf8mb4",
            autocommit=True,
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            write_timeout=_READ_SECONDS,
            ssl=_ssl(files),
        )
        with connection, connection.cursor() as cursor:
            yield cursor


def _ssl(files: Files | None) -> dict[str, Any] | None:
    if files is None:
        return None
    wanted = {"ca": files.ca, "cert": files.certificate, "key": files.key, "check_hostname": files.verify_name}
    return {name: value for name, value in wanted.items() if value is not None}


@contextmanager
def _translated(address: DatabaseAddress, account: Login, needs: str) -> Iterator[None]:
    """Raise one of our errors for the driver's. `from None`: the driver's message may quote the statement."""
    server = f"{address.host}:{address.port}"
    try:
        yield
    except pymysql.Error as error:
        code = _code(error)
        if isinstance(getattr(error, "original_exception", None), ssl.SSLError):
            raise untrusted(address) from None
        if code in _REFUSED:
            raise login_refused(address, account) from None
        if code in _NOT_ALLOWED:
            needed = needs.format(database=_identifier(address.name))
            raise privilege_missing(address, account, code=f"error {code}", needed=needed) from None
        if code == REFUSED:
            raise password_withheld(address, account) from None
        if code in _UNREACHABLE:
            message = f"The database server {server} does not answer (error {code}); check the host, port and network."
            raise DatabaseUnreachableError(message) from None
        if code == _NO_SUCH_DATABASE:
            raise no_such_database(address) from None
        message = (
            f"The database server {server} refused a statement of {account.username} with error {code}; "
            "look at the server's log."
        )
        raise DatabaseError(message) from None
    except OSError as error:
        message = f"The database server {server} does not answer ({type(error).__name__}); check the host and port."
        raise DatabaseUnreachableError(message) from None


def _code(error: pymysql.Error) -> Any:
    return error.args[0] if error.args else 0
