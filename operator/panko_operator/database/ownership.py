"""Who owns what in a PostgreSQL database, and who may use it: what an administrator does in a session there.

The schema account owns the database and its tables. Whatever it makes, the other accounts may use by their privileges.
An account that another has followed acts for its heir as a member of it, so that both work side by side.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg import sql

_LOCK_MILLISECONDS: Final = 500

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

# By the name of an account: whether it cannot come in, or cannot use what is there.
_LOCKED_OUT: Final = (
    "SELECT NOT has_database_privilege(%(user)s, current_database(), 'CONNECT')"
    " OR NOT has_schema_privilege(%(user)s, 'public', 'USAGE')"
    " OR EXISTS (SELECT FROM pg_sequences WHERE schemaname = 'public' AND NOT"
    " has_sequence_privilege(%(user)s, format('%%I.%%I', schemaname, sequencename), 'USAGE'))"
)


def owner_of(session: psycopg.Connection) -> str:
    """Return the role that owns the database."""
    query = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    (owner,) = session.execute(query).fetchone() or ("",)
    return str(owner)


def take(session: psycopg.Connection, database: str, username: str, *, after: str) -> bool:
    """Make an account the owner of everything; return whether it was not. That `after` which it comes goes on."""
    if has_taken(session, username):
        return False
    owner = owner_of(session)
    join(session, username)
    if owner == after:
        join(session, owner)
        session.execute(_composed("GRANT {} TO {}", username, owner))
    # Whoever is given a table has to be allowed to make one there; the owner of the database is, in the end.
    session.execute(_composed("GRANT USAGE, CREATE ON SCHEMA public TO {}", username))
    _take_tables(session, username)
    session.execute(_composed("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC", database))
    # Last: this is what tells the next pass that all of it is done.
    session.execute(_composed("ALTER DATABASE {} OWNER TO {}", database, username))
    return True


def has_taken(session: psycopg.Connection, username: str) -> bool:
    """Tell whether `take` would find everything done: nothing is changed."""
    owner = owner_of(session)
    if owner == username:
        return not _others_tables(session, username)
    return _is_member(session, username, owner)  # one that was followed acts for its heir


def has_shared(session: psycopg.Connection, username: str, *, privileges: tuple[str, ...]) -> bool:
    """Tell whether `share` would find everything done: nothing is changed."""
    owner = owner_of(session)
    held_by_default = session.execute(
        "SELECT 1 FROM pg_default_acl, aclexplode(defaclacl) AS entry WHERE defaclrole = %s::regrole "
        "AND entry.grantee = %s::regrole AND defaclobjtype = 'r' GROUP BY entry.grantee "
        "HAVING array_agg(entry.privilege_type ORDER BY entry.privilege_type) = %s",
        (_regrole(owner), _regrole(username), sorted(privileges)),
    ).fetchone()
    return held_by_default is not None and not _withheld(session, username, privileges)


def share(session: psycopg.Connection, database: str, username: str, *, privileges: tuple[str, ...]) -> bool:
    """Let an account use what the owner has made and will make; return whether that was new."""
    if has_shared(session, username, privileges=privileges):
        return False
    owner = owner_of(session)
    join(session, owner)
    words = sql.SQL(", ").join(sql.SQL(word) for word in privileges)
    names = {"database": database, "owner": owner, "user": username}
    identifiers = {key: sql.Identifier(name) for key, name in names.items()}
    with _brief(session):  # at once: an account that is in use is never without its privileges
        for statement in _SHARING:
            session.execute(sql.SQL(statement).format(privileges=words, **identifiers))
    return True


def hand_over(session: psycopg.Connection, username: str, *, heir: str) -> None:
    """Give what an account owns to another one, under whose default privileges it comes."""
    for name in (username, heir):
        join(session, name)
    with _brief(session):
        _share_tables(session, username, heir)
        session.execute(_composed("REASSIGN OWNED BY {} TO {}", username, heir))


def join(session: psycopg.Connection, username: str) -> None:
    """Make the administrator a member of the account: one that is no superuser may not act for it otherwise."""
    row = session.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if row != (True,):
        session.execute(_composed("GRANT {} TO CURRENT_USER", username))


def _take_tables(session: psycopg.Connection, username: str) -> None:
    """Take over the tables that are somebody else's; theirs are the sequences."""
    for table in _others_tables(session, username):
        names = sql.Identifier("public", table), sql.Identifier(username)
        with _brief(session):
            session.execute(sql.SQL("ALTER TABLE {} OWNER TO {}").format(*names))


def _others_tables(session: psycopg.Connection, username: str) -> list[str]:
    """Return the tables that an administrator who restored a backup owns, or that an account of before has made."""
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner <> %s"
    return [str(table) for (table,) in session.execute(query, (username,)).fetchall()]


def _withheld(session: psycopg.Connection, username: str, privileges: tuple[str, ...]) -> bool:
    """Tell whether anything that exists lacks a privilege: a table that came out of a backup has none."""
    if session.execute(_LOCKED_OUT, {"user": username}).fetchone() == (True,):
        return True
    query = (
        "SELECT 1 FROM pg_tables, unnest(%s::text[]) AS privilege WHERE schemaname = 'public' AND NOT"
        " has_table_privilege(%s, format('%%I.%%I', schemaname, tablename), privilege) LIMIT 1"
    )
    return session.execute(query, (list(privileges), username)).fetchone() is not None


def _share_tables(session: psycopg.Connection, username: str, heir: str) -> None:
    """Let everybody use the tables that an account has made by itself as those that its heir makes."""
    query = "SELECT schemaname, tablename FROM pg_tables WHERE tableowner = %s"
    tables = session.execute(query, (username,)).fetchall()
    entries = session.execute(
        "SELECT pg_get_userbyid(entry.grantee), entry.privilege_type"
        " FROM pg_default_acl, aclexplode(defaclacl) AS entry"
        " WHERE defaclrole = %s::regrole AND defaclobjtype = 'r' AND entry.grantee NOT IN (0, defaclrole)",
        (_regrole(heir),),
    ).fetchall()
    for schema, table in tables:
        for grantee, privilege in entries:
            names = sql.Identifier(schema, table), sql.Identifier(grantee)
            session.execute(sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(privilege), *names))


@contextmanager
def _brief(session: psycopg.Connection) -> Iterator[None]:
    """Make one transaction that gives up soon: whoever queues behind a lock that is waited for waits as well."""
    with session.transaction():
        session.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(f"{_LOCK_MILLISECONDS}ms")))
        yield


def _is_member(session: psycopg.Connection, username: str, of: str) -> bool:
    return session.execute("SELECT pg_has_role(%s, %s, 'MEMBER')", (username, of)).fetchone() == (True,)


def _composed(statement: str, *names: str) -> sql.Composed:
    """Write names into a statement."""
    return sql.SQL(statement).format(*(sql.Identifier(name) for name in names))


def _regrole(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
