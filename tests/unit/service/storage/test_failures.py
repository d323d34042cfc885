"""What errors of each driver mean."""

import sqlite3

import psycopg
import pymysql
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from panko.storage.sql.engines.failure import (
    AWAY,
    BUSY,
    CROWDED,
    DEFECT,
    FULL,
    KEY,
    LOGGED_AS_STATEMENTS,
    NO_DATABASE,
    NO_SCHEMA,
    POOL,
    READ_ONLY,
    REFUSED,
    TOO_SLOW,
)
from panko.storage.sql.session.failures import classify, code_of, is_disconnect, is_missing_row


def of_mysql(number):
    return pymysql.err.OperationalError(number, "words")


def of_postgresql(state, words="words"):
    error = psycopg.OperationalError(words)
    error.sqlstate = state
    return error


def of_sqlite(name, words="words"):
    error = sqlite3.OperationalError(words)
    error.sqlite_errorname = name
    return error


def raised(original, kind=OperationalError, *, invalidated=False):
    return kind("SELECT 1", {}, original, connection_invalidated=invalidated)


MEANT = [
    *((of_mysql(number), BUSY) for number in (1205, 1213, 1020, 1644)),
    *((of_mysql(number), AWAY) for number in (1047, 1053, 1158, 1180, 1927, 2003, 2006, 2013, 4031)),
    *((of_mysql(number), CROWDED) for number in (1040, 1203, 1226)),
    *((of_mysql(number), READ_ONLY) for number in (1290, 1836)),
    *((of_mysql(number), TOO_SLOW) for number in (1969, 3024)),
    *((of_mysql(number), REFUSED) for number in (1044, 1045, 1142, 1698)),
    (of_mysql(1049), NO_DATABASE),
    *((of_mysql(number), NO_SCHEMA) for number in (1054, 1146)),
    *((of_mysql(number), FULL) for number in (1021, 1114)),
    (of_mysql(1665), LOGGED_AS_STATEMENTS),
    (of_mysql(1064), DEFECT),
    *((of_postgresql(state), BUSY) for state in ("40001", "40P01", "55P03")),
    *((of_postgresql(state), AWAY) for state in ("08006", "57P01", "57P03")),
    (of_postgresql("53300"), CROWDED),
    (of_postgresql("25006"), READ_ONLY),
    (of_postgresql("57014"), TOO_SLOW),
    *((of_postgresql(state), REFUSED) for state in ("28P01", "42501")),
    (of_postgresql("3D000"), NO_DATABASE),
    *((of_postgresql(state), NO_SCHEMA) for state in ("42P01", "42703")),
    (of_postgresql("53100"), FULL),
    # libpq tells of a failure to connect by words alone.
    (of_postgresql(None, 'FATAL: password authentication failed for user "panko"'), REFUSED),
    (of_postgresql(None, "FATAL: no pg_hba.conf entry for host"), REFUSED),
    (of_postgresql(None, 'FATAL: database "panko" does not exist'), NO_DATABASE),
    (of_postgresql(None, "FATAL: sorry, too many clients already"), CROWDED),
    (of_postgresql(None, "connection refused"), AWAY),
    (of_sqlite("SQLITE_BUSY_SNAPSHOT"), BUSY),
    (of_sqlite("SQLITE_LOCKED"), BUSY),
    (of_sqlite("SQLITE_READONLY"), REFUSED),
    (of_sqlite("SQLITE_CANTOPEN"), NO_DATABASE),
    (of_sqlite("SQLITE_FULL"), FULL),
    (of_sqlite("SQLITE_INTERRUPT"), TOO_SLOW),
    (of_sqlite("SQLITE_ERROR", "no such table: event"), NO_SCHEMA),
    (of_sqlite("SQLITE_ERROR", "near SELEC: syntax error"), DEFECT),
    (of_sqlite("SQLITE_CORRUPT"), DEFECT),
]


@pytest.mark.parametrize(("original", "failure"), MEANT, ids=lambda one: str(one)[:40])
def test_an_error_means_this(original, failure):
    assert classify(raised(original)) is failure


def test_what_is_no_error_of_a_driver_means_this():
    assert classify(PoolTimeoutError()) is POOL
    assert classify(raised(of_mysql(1062), IntegrityError)) is KEY
    assert classify(ValueError()) is DEFECT


@pytest.mark.parametrize("original", [of_mysql(1064), of_postgresql("42601"), of_postgresql(None), sqlite3.Error()])
def test_a_session_that_ended_with_an_error_of_no_meaning_was_away(original):
    assert classify(raised(original, DBAPIError, invalidated=True)) is AWAY
    assert classify(raised(original, DBAPIError)) is DEFECT


def test_words_of_libpq_are_read_only_where_nothing_else_tells():
    assert classify(raised(of_postgresql("57014", "FATAL: too many clients"))) is TOO_SLOW
    assert classify(raised(psycopg.InterfaceError("too many clients"), InterfaceError)) is DEFECT


@pytest.mark.parametrize(
    ("original", "code"),
    [(of_mysql(1213), 1213), (of_postgresql("40001"), "40001"), (of_sqlite("SQLITE_BUSY"), "SQLITE_BUSY")],
)
def test_a_code_is_told_by_whoever_raised_it(original, code):
    assert code_of(original) == code
    assert code_of(ValueError("words")) is None
    assert code_of(ValueError()) is None


@pytest.mark.parametrize("original", [of_mysql(1047), of_mysql(1290), of_postgresql("25006"), of_postgresql("57P01")])
def test_a_session_with_a_server_that_left_or_takes_no_writes_is_given_up(original):
    assert is_disconnect(original)


@pytest.mark.parametrize("original", [of_mysql(1213), of_postgresql("40001"), of_sqlite("SQLITE_BUSY"), ValueError()])
def test_any_other_session_is_kept(original):
    assert not is_disconnect(original)


@pytest.mark.parametrize(
    ("missing", "taken"),
    [
        (of_mysql(1452), of_mysql(1062)),
        (of_postgresql("23503"), of_postgresql("23505")),
        (of_sqlite("SQLITE_CONSTRAINT_FOREIGNKEY"), of_sqlite("SQLITE_CONSTRAINT_UNIQUE")),
    ],
)
def test_a_row_that_is_missing_is_told_from_a_key_that_is_taken(missing, taken):
    assert is_missing_row(raised(missing, IntegrityError))
    assert not is_missing_row(raised(taken, IntegrityError))
