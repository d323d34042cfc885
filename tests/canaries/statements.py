"""A database server that logs every statement, and an administrator of it whose password is a canary."""

import contextlib

import pymysql


@contextlib.contextmanager
def logged_mariadb(server, username, password):
    log = server.folder / "statements.log"
    log.unlink(missing_ok=True)
    escaped = pymysql.converters.escape_string(password)
    server.execute(f"CREATE USER {username}@'%' IDENTIFIED BY '{escaped}'")
    server.execute(f"GRANT ALL PRIVILEGES ON *.* TO {username}@'%' WITH GRANT OPTION")
    server.execute(f"SET GLOBAL log_output = 'FILE', GLOBAL general_log_file = '{log}', GLOBAL general_log = ON")
    try:
        yield lambda: log.read_text(errors="replace")
    finally:
        server.execute("SET GLOBAL general_log = OFF")
        server.execute(f"DROP USER {username}@'%'")


@contextlib.contextmanager
def logged_postgresql(server, username, password):
    log = server.folder / "log"
    server.execute(f"CREATE ROLE {username} SUPERUSER LOGIN PASSWORD '{password}'")
    server.execute("ALTER SYSTEM SET log_statement = 'all'")
    server.execute("ALTER SYSTEM SET log_connections = on")
    server.execute("SELECT pg_reload_conf()")
    start = log.stat().st_size
    try:
        yield lambda: log.read_bytes()[start:].decode(errors="replace")
    finally:
        server.execute("ALTER SYSTEM RESET ALL")
        server.execute("SELECT pg_reload_conf()")
        server.execute(f"DROP ROLE {username}")


ENGINES = {"mysql": ("mariadb", logged_mariadb), "postgresql": ("postgresql", logged_postgresql)}
