"""How a statement keeps a database's optimizer from a worse way: each kind takes its own words, the others no notice.

Pure: statements in, statements out.
"""

from typing import Any

from sqlalchemy import FromClause, Select

from panko.storage.sql.engines import ENGINES


def in_this_order(statement: Select[Any]) -> Select[Any]:
    """Join the tables in the order in which they are written."""
    for name, engine in ENGINES.items():
        if engine.IN_THIS_ORDER is not None:
            statement = statement.prefix_with(engine.IN_THIS_ORDER, dialect=name)
    return statement


def by_index(statement: Select[Any], table: FromClause, index: str) -> Select[Any]:
    """Find the rows of a table by one of its indexes."""
    for name, engine in ENGINES.items():
        hint = engine.by_index(index)
        if hint is not None:
            statement = statement.with_hint(table, hint, name)
    return statement


def by_primary_key(statement: Select[Any], table: FromClause) -> Select[Any]:
    """Find the rows of a table by its primary key."""
    return by_index(statement, table, "PRIMARY")


def unjoined(statement: Select[Any]) -> Select[Any]:
    """Evaluate what an EXISTS asks row by row: turned into a join it would read everything before the first row."""
    for name, engine in ENGINES.items():
        if engine.UNJOINED is not None:
            statement = statement.suffix_with(engine.UNJOINED, dialect=name)
    return statement
