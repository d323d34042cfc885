"""What the original's storage code asks a database: the statements that its SQLAlchemy sends, as reads.json has them.

Seen on panko 10.0.0, with the events of `dumps/events.json` stored: pages, single events, filters by each kind of
trait, a project's and an owner's view, types, and the traits of a type.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from original.writing import Session

# As its SQLAlchemy writes for MySQL what it writes for the others as the first.
MYSQL = {
    "CAST(NULL AS INTEGER)": "CAST(NULL AS SIGNED INTEGER)",
    "CAST(NULL AS FLOAT(53))": "NULL",
    "CAST(NULL AS VARCHAR(255))": "CAST(NULL AS CHAR(255))",
}
READS = json.loads(Path(__file__).with_name("reads.json").read_text(encoding="utf-8"))


def answers(engine: Engine) -> dict[str, list[list[str]]]:
    """Ask everything; return the rows of each statement, in no order: that of texts changes with their collation."""
    with engine.connect() as connection:
        session = Session(connection, savepoints=False)
        return {
            question["asked"]: [
                sorted(
                    str(tuple(row))
                    for row in session.send(_spelled(one["sql"], session.kind), _values(session, one["values"]))
                )
                for one in question["statements"]
            ]
            for question in READS
        }


def _spelled(sql: str, kind: str) -> str:
    for written, mysql in MYSQL.items() if kind == "mysql" else ():
        sql = sql.replace(written, mysql)
    return sql


def _values(session: Session, written: dict[str, Any]) -> dict[str, Any]:
    return {
        name: session.time(datetime.fromisoformat(value["time"])) if isinstance(value, dict) else value
        for name, value in written.items()
    }
