"""PostgreSQL. The schema account owns the database; what it makes there the other accounts may use by their role.

`CREATE ROLE` and its like take no bound parameters; psycopg's `sql` composes and quotes the names and the values.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg import sql

from panko_operator.database import certificates, marks
from panko_operator.database.certificates import Files
from panko_operator.database.refusals import (
    login_refused,
    no_such_database,
    password_withheld,
    privilege_missing,
    untrusted,
)
from panko_operator.errors import DatabaseError, DatabaseUnreachableError
from panko_operator.resource import roles
from panko_operator.world import DatabaseAddress, Login

_CONNECT_SECONDS: Final = 3
_STATEMENT_MILLISECONDS: Final = 10_000
_MAINTENANCE: Final = "postgres"
_REFUSED: Final = frozenset({"28P01", "28000"})
_NOT_ALLOWED: Final = "42501"
_NOT_ALLOWED_WORDS: Final = "permission denied for database"  # while connecting
_UNREACHABLE: Final = frozenset({"57P01", "57P02", "57P03", "53300", "08000", "08001", "08003", "08004", "08006"})
_NO_SUCH_DATABASE: Final = "3D000"
_PROOFS: Final = "!password,!md5"  # whoever answers for the server's name gets nothing that a password can be read from
_WITHHELD_WORDS: Final = "authentication method requirement"
_REFUSAL_WORDS: Final = ("authentication failed", "no pg_hba.conf entry", "role ", "is not permitted to log in")


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
        _join(session, _owner(session))
        statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
        session.execute(statement.format(sql.Identifier(address.name), sql.Literal(text)))


def tables(address: DatabaseAddress, login: Login) -> list[str]:
    """Return the names of all tables and views in the database that are not the server's."""
    with _session(address, login, database=address.name) as session:
        rows = session.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
    return [str(row[0]) for row in rows]


def create_account(address: DatabaseAddress, admin: Login, account: Login) -> bool:
    """Create the account when absent; return whether it was."""
    with _session(address, admin, needs=_ACCOUNTS) as session:
        if session.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (account.username,)).fetchone():
            return False
        _with_password(session, "CREATE ROLE {} LOGIN PASSWORD {}", account)
    return True


def set_password(address: DatabaseAddress, admin: Login, account: Login) -> None:
    """Give the account its password."""
    with _session(address, admin, needs=_ACCOUNTS) as session:
        _with_password(session, "ALTER ROLE {} LOGIN PASSWORD {}", account)


def grant(address: DatabaseAddress, admin: Login, *, username: str, role: str) -> bool:
    """Make the schema account the owner, or let the others use what the owner makes; return whether that was new."""
    if role == roles.OWNER.name:
        return _own(address, admin, username)
    return _share(address, admin, username, privileges=tuple(sorted(roles.BY_NAME[role].privileges)))


def drop_account(address: DatabaseAddress, admin: Login, username: str) -> None:
    """End the account's sessions and drop it, when it exists; what it owns goes to the administrator."""
    if not _has_role(address, admin, username):
        return
    if has_database(address, admin):
        with _session(address, admin, database=address.name, needs=_ACCOUNTS) as session:
            _end_sessions(session, "usename", username)
            _join(session, username)
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


def _own(address: DatabaseAddress, admin: Login, username: str) -> bool:
    with _session(address, admin, needs=f"{_ACCOUNTS} and {_OWN}") as session:
        row = session.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", (address.name,)
        ).fetchone()
        if row == (username,) and not _others_tables(address, admin, username):
            return False
        names = sql.Identifier(address.name), sql.Identifier(username)
        _join(session, username)
        _own_tables(address, admin, username)
        session.execute(sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(names[0]))
        # Last: this is what tells the next pass that all of it is done.
        session.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(*names))
    return True


def _others_tables(address: DatabaseAddress, admin: Login, username: str) -> list[str]:
    """Return the tables that an administrator who restored a backup owns, or that a dropped account has left."""
    with _session(address, admin, database=address.name, needs=_OWN) as session:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner <> %s"
        return [str(table) for (table,) in session.execute(query, (username,)).fetchall()]


def _own_tables(address: DatabaseAddress, admin: Login, username: str) -> None:
    """Take over the tables that are somebody else's; theirs are the sequences."""
    others = _others_tables(address, admin, username)
    with _session(address, admin, database=address.name, needs=_OWN) as session:
        for table in others:
            names = sql.Identifier("public", table), sql.Identifier(username)
            session.execute(sql.SQL("ALTER TABLE {} OWNER TO {}").format(*names))


def _share(address: DatabaseAddress, admin: Login, username: str, *, privileges: tuple[str, ...]) -> bool:
    with _session(address, admin, database=address.name, needs=f"{_ACCOUNTS} and {_OWN}") as session:
        owner = _owner(session)
        held_by_default = session.execute(
            "SELECT 1 FROM pg_default_acl, aclexplode(defaclacl) AS entry WHERE defaclrole = %s::regrole "
            "AND entry.grantee = %s::regrole AND defaclobjtype = 'r' GROUP BY entry.grantee "
            "HAVING array_agg(entry.privilege_type ORDER BY entry.privilege_type) = %s",
            (_regrole(owner), _regrole(username), sorted(privileges)),
        ).fetchone()
        if held_by_default and not _withheld(session, username, privileges):
            return False
        _join(session, owner)
        for statement in _SHARING:
            words = sql.SQL(", ").join(sql.SQL(word) for word in privileges)
            session.execute(
                sql.SQL(statement).format(
                    database=sql.Identifier(address.name),
                    owner=sql.Identifier(owner),
                    user=sql.Identifier(username),
                    privileges=words,
                )
            )
    return True


def _withheld(session: psycopg.Connection, username: str, privileges: tuple[str, ...]) -> bool:
    """Tell whether a table that exists lacks a privilege: one that came out of a backup has none."""
    query = (
        "SELECT 1 FROM pg_tables, unnest(%s::text[]) AS privilege WHERE schemaname = 'public' AND NOT"
        " has_table_privilege(%s, format('%%I.%%I', schemaname, tablename), privilege) LIMIT 1"
    )
    return session.execute(query, (list(privileges), username)).fetchone() is not None


# Tables that exist, and those that the owner will make. The sequences are for identity columns of an INSERT.
_SHARING: Final = (
    "GRANT CONNECT ON DATABASE {database} TO {user}",
    "GRANT USAGE ON SCHEMA public TO {user}",
    "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {user}",
    "GRANT {privileges} ON ALL TABLES IN SCHEMA public TO {user}",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {user}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} REVOKE ALL ON TABLES FROM {user}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE ON SEQUENCES TO {user}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT {privileges} ON TABLES TO {user}",
)


def _owner(session: psycopg.Connection) -> str:
    query = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    (owner,) = session.execute(query).fetchone() or ("",)
    return str(owner)


def _join(session: psycopg.Connection, username: str) -> None:
    """Make the administrator a member of the account: one that is no superuser may not act for it otherwise."""
    row = session.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if row != (True,):
        session.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(username)))


def _regrole(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


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
        with connection:
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
