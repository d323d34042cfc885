"""PostgreSQL. The schema account owns the database; what it makes there the other accounts may use by their role.

`CREATE ROLE` and its like take no bound parameters; psycopg's `sql` composes and quotes the names and the values.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg import sql

from panko_operator.database import certificates, marks, ownership, silence
from panko_operator.database.certificates import Files
from panko_operator.database.refusals import (
    busy,
    login_refused,
    no_such_database,
    password_withheld,
    privilege_missing,
    untrusted,
)
from panko_operator.errors import DatabaseError, DatabaseUnreachableError
from panko_operator.resource import roles
from panko_operator.world.values import DatabaseAddress, Login

_CONNECT_SECONDS: Final = 3
_STATEMENT_MILLISECONDS: Final = 10_000
_SESSION_SECONDS: Final = 20.0
_MAINTENANCE: Final = "postgres"
_REFUSED: Final = frozenset({"28P01", "28000"})
_NOT_ALLOWED: Final = "42501"
_NOT_ALLOWED_WORDS: Final = "permission denied for database"  # while connecting
_UNREACHABLE: Final = frozenset({"57P01", "57P02", "57P03", "53300", "08000", "08001", "08003", "08004", "08006"})
_NO_SUCH_DATABASE: Final = "3D000"
_LOCKED: Final = "55P03"
_PROOFS: Final = "!password,!md5"  # whoever answers for the server's name gets nothing that a password can be read from
_WITHHELD_WORDS: Final = "authentication method requirement"
_REFUSAL_WORDS: Final = ("authentication failed", "no pg_hba.conf entry", "role ", "is not permitted to log in")


_TABLES: Final = (
    "SELECT table_name FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
)

# What an account needs.
_USE: Final = "CONNECT on the database {database}"
_OWN: Final = "the role that owns the database {database}"
_DATABASES: Final = "the attribute CREATEDB"
_ACCOUNTS: Final = "the attribute CREATEROLE"


def login(address: DatabaseAddress, account: Login) -> None:
    """Log in to the database and out again."""
    with _session(address, account, database=address.name):
        pass


def create_database(address: DatabaseAddress, admin: Login) -> bool:
    """Create the database when absent; return whether it was."""
    with _session(address, admin, needs=_DATABASES) as session:
        if session.execute("SELECT 1 FROM pg_database WHERE datname = %s", (address.name,)).fetchone():
            return False
        statement = "CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0"
        session.execute(sql.SQL(statement).format(sql.Identifier(address.name)))
    return True


def has_database(address: DatabaseAddress, admin: Login) -> bool:
    """Tell whether the database exists."""
    with _session(address, admin) as session:
        return session.execute("SELECT 1 FROM pg_database WHERE datname = %s", (address.name,)).fetchone() is not None


def read_mark(address: DatabaseAddress, login: Login) -> str | None:
    """Return the comment on the database, or None."""
    with _session(address, login, database=address.name) as session:
        row = session.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    return None if row is None else row[0]


def write_mark(address: DatabaseAddress, login: Login, text: str) -> None:
    """Mark the database unless it is marked; a comment of somebody's that is no mark is replaced."""
    if marks.read(read_mark(address, login)) is None:
        change_mark(address, login, text)


def change_mark(address: DatabaseAddress, login: Login, text: str) -> None:
    """Write another mark in the place of the one that is there. Only the owner of a database may comment on it."""
    with _session(address, login, database=address.name, needs=_OWN) as session:
        ownership.join(session, ownership.owner_of(session))
        statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
        session.execute(statement.format(sql.Identifier(address.name), sql.Literal(text)))


def tables(address: DatabaseAddress, login: Login) -> list[str]:
    """Return the names of all tables and views in the database that are not the server's."""
    with _session(address, login, database=address.name) as session:
        rows = session.execute(_TABLES).fetchall()
    return [str(row[0]) for row in rows]


def revision(address: DatabaseAddress, login: Login, *, tables: Collection[str]) -> str | None:
    """Return the revision of the schema, UNREADABLE where it may not be read; None unless all tables are there."""
    with _session(address, login, database=address.name) as session:
        if not {str(row[0]) for row in session.execute(_TABLES).fetchall()}.issuperset(tables):
            return None
        query = sql.SQL("SELECT version_num FROM public.{}").format(sql.Identifier(marks.REVISION))
        try:
            found = session.execute(query).fetchall()
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedTable):  # another role's, or elsewhere
            return marks.UNREADABLE
    return ",".join(sorted(str(row[0]) for row in found)) or None


def create_account(address: DatabaseAddress, admin: Login, account: Login) -> bool:
    """Create the account when absent; return whether it was."""
    with _session(address, admin, needs=_ACCOUNTS) as session:
        if session.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (account.username,)).fetchone():
            return False
        _with_password(session, "CREATE ROLE {} LOGIN PASSWORD {}", account)
    return True


def has_account(address: DatabaseAddress, admin: Login, username: str) -> bool:
    """Tell whether the account exists."""
    return _has_role(address, admin, username)


def set_password(address: DatabaseAddress, admin: Login, account: Login) -> None:
    """Give the account its password."""
    with _session(address, admin, needs=_ACCOUNTS) as session:
        _with_password(session, "ALTER ROLE {} LOGIN PASSWORD {}", account)


def grant(address: DatabaseAddress, admin: Login, *, username: str, role: str, after: str = "") -> bool:
    """Make the schema account the owner, or let the others use what the owner makes; return whether that was new."""
    with _session(address, admin, database=address.name, needs=f"{_ACCOUNTS} and {_OWN}") as session:
        if role == roles.OWNER.name:
            return ownership.take(session, address.name, username, after=after)
        return ownership.share(session, address.name, username, privileges=_privileges(role))


def lacks_grants(address: DatabaseAddress, admin: Login, *, username: str, role: str) -> bool:
    """Tell whether `grant` would change anything."""
    with _session(address, admin, database=address.name, needs=f"{_ACCOUNTS} and {_OWN}") as session:
        if role == roles.OWNER.name:
            return not ownership.has_taken(session, username)
        return not ownership.has_shared(session, username, privileges=_privileges(role))


def _privileges(role: str) -> tuple[str, ...]:
    return tuple(sorted(roles.BY_NAME[role].privileges))


def estimate(address: DatabaseAddress, login: Login) -> tuple[int, int]:
    """Return about how many events there are, and how many bytes of tables and indexes."""
    with _session(address, login, database=address.name) as session:
        events, size_bytes = session.execute(
            "SELECT greatest(max(reltuples), 0)::bigint, pg_database_size(current_database())"
            " FROM pg_class WHERE oid = to_regclass(%s)",
            (marks.EVENTS,),
        ).fetchone() or (0, 0)
    return int(events or 0), int(size_bytes)


def has_sessions(address: DatabaseAddress, admin: Login, username: str) -> bool:
    """Tell whether anybody is logged in under the account."""
    with _session(address, admin) as session:
        query = "SELECT 1 FROM pg_stat_activity WHERE usename = %s LIMIT 1"
        return session.execute(query, (username,)).fetchone() is not None


def hand_over(address: DatabaseAddress, admin: Login, username: str, *, heir: str) -> None:
    """Give what the account owns to another one, under whose default privileges it comes."""
    if not _has_role(address, admin, username):
        return
    with _session(address, admin, database=address.name, needs=_ACCOUNTS) as session:
        ownership.hand_over(session, username, heir=heir)


def drop_account(address: DatabaseAddress, admin: Login, username: str) -> None:
    """End the account's sessions and drop it, when it exists; what it owns goes to the administrator."""
    if not _has_role(address, admin, username):
        return
    if has_database(address, admin):
        with _session(address, admin, database=address.name, needs=_ACCOUNTS) as session:
            _end_sessions(session, "usename", username)
            ownership.join(session, username)
            session.execute(sql.SQL("REASSIGN OWNED BY {} TO CURRENT_USER").format(sql.Identifier(username)))
            session.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(username)))
    with _session(address, admin, needs=_ACCOUNTS) as session:
        _end_sessions(session, "usename", username)
        session.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(username)))


def drop_database(address: DatabaseAddress, admin: Login) -> None:
    """End the database's sessions and drop it, when it exists."""
    with _session(address, admin, needs=_OWN) as session:
        _end_sessions(session, "datname", address.name)
        session.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(address.name)))


def _has_role(address: DatabaseAddress, admin: Login, username: str) -> bool:
    with _session(address, admin) as session:
        return session.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (username,)).fetchone() is not None


def _end_sessions(session: psycopg.Connection, column: str, value: str) -> None:
    statement = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {} = %s AND pid <> pg_backend_pid()"
    session.execute(sql.SQL(statement).format(sql.Identifier(column)), (value,))


def _with_password(session: psycopg.Connection, statement: str, account: Login) -> None:
    # Hashed here: the statement, which the server may log, never holds the password.
    name, password = account.username.encode(), account.password.encode()
    scrambled = session.pgconn.encrypt_password(password, name, b"scram-sha-256").decode()
    session.execute(sql.SQL(statement).format(sql.Identifier(account.username), sql.Literal(scrambled)))


@contextmanager
def _session(
    address: DatabaseAddress, account: Login, *, database: str = _MAINTENANCE, needs: str = _USE
) -> Iterator[psycopg.Connection]:
    """Log in, hand a connection out, log out; raise our errors. `needs` is told to whom the server does not let."""
    with _translated(address, account, needs), certificates.written(address.tls) as files:
        connection = psycopg.connect(
            host=address.host,
            port=address.port,
            user=account.username,
            password=account.password,
            dbname=database,
            require_auth=_PROOFS,
            connect_timeout=_CONNECT_SECONDS,
            autocommit=True,
            application_name="panko-operator",
            options=f"-c statement_timeout={_STATEMENT_MILLISECONDS}",
            tcp_user_timeout=_STATEMENT_MILLISECONDS,
            **_ssl(files),
        )
        with silence.bounded(connection.fileno(), _SESSION_SECONDS), connection:
            yield connection


def _ssl(files: Files | None) -> dict[str, Any]:
    if files is None:
        return {}
    mode = "verify-full" if files.verify_name else "verify-ca"
    return {"sslmode": mode, "sslrootcert": files.ca, "sslcert": files.certificate, "sslkey": files.key}


@contextmanager
def _translated(address: DatabaseAddress, account: Login, needs: str) -> Iterator[None]:
    """Raise one of our errors for the driver's. `from None`: the driver's message may quote the statement."""
    server = f"{address.host}:{address.port}"
    try:
        yield
    except psycopg.Error as error:
        if error.sqlstate is None and _WITHHELD_WORDS in str(error):
            raise password_withheld(address, account) from None
        if error.sqlstate is None and _is_untrusted(str(error)):
            raise untrusted(address) from None
        if error.sqlstate == _NOT_ALLOWED or (error.sqlstate is None and _NOT_ALLOWED_WORDS in str(error)):
            needed = needs.format(database=address.name)
            raise privilege_missing(address, account, code=f"SQLSTATE {_NOT_ALLOWED}", needed=needed) from None
        if error.sqlstate == _LOCKED:
            raise busy(address) from None
        if _is_refusal(error):
            raise login_refused(address, account) from None
        if error.sqlstate == _NO_SUCH_DATABASE or "does not exist" in str(error):
            raise no_such_database(address) from None
        if error.sqlstate in _UNREACHABLE or (error.sqlstate is None and isinstance(error, psycopg.OperationalError)):
            message = f"The database server {server} does not answer; check the host, port and network."
            raise DatabaseUnreachableError(message) from None
        message = (
            f"The database server {server} refused a statement of {account.username} (SQLSTATE {error.sqlstate}); "
            "look at the server's log."
        )
        raise DatabaseError(message) from None


def _is_refusal(error: psycopg.Error) -> bool:
    """Tell a refused login: while connecting, libpq gives the server's words without their SQLSTATE."""
    if error.sqlstate is not None:
        return error.sqlstate in _REFUSED
    words = str(error)
    return any(word in words for word in _REFUSAL_WORDS) and "database" not in words.rpartition("FATAL:")[2]


def _is_untrusted(words: str) -> bool:
    return "certificate" in words or "SSL error" in words or "does not support SSL" in words
