"""A session of an account in a database of a real server, whichever it is."""

import contextlib

import psycopg
import pymysql


def connect(address, login, database=None):
    """Connect to the database of an address, or to another one of its server."""
    name = database or address.name
    common = {"host": address.host, "port": address.port, "user": login.username, "password": login.password}
    if address.engine == "mysql":
        return pymysql.connect(**common, database=name, autocommit=True)
    return psycopg.connect(**common, dbname=name, autocommit=True)


def execute(address, login, statement):
    """Execute one statement as an account; return its rows, if it has any."""
    with contextlib.closing(connect(address, login)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []
