"""Puts many events into MariaDB by LOAD DATA, as the product itself would have stored them."""

import itertools
import os
import tempfile
from pathlib import Path

from sqlalchemy.dialects import mysql

from panko.storage.sql.rows.encode import event_row, lay, trait_rows
from panko.storage.sql.rows.shapes.known import Shapes
from panko.storage.sql.rows.tables import EVENT, EVENT_TYPE, TRAIT_COLUMNS, TRAITS
from panko.storage.sql.session.engine import make_engine
from panko.storage.sql.session.url import normalise
from panko.storage.sql.settings import ConnectionSettings
from panko.storage.sql.writing.trait_names import add, names_of
from panko.storage.sql.writing.trait_shapes import complete, wanted_by

EVENTS_PER_STATEMENT = 20_000
DIALECT = mysql.dialect()


def load(url, events) -> None:
    """Insert events, none of which is there yet."""
    engine = make_engine(normalise(f"{url}?local_infile=1"), ConnectionSettings())
    with engine.connect() as connection:
        connection.exec_driver_sql("SET unique_checks = 0, foreign_key_checks = 0")
        types = _event_types(connection, events)
        next_id = 1 + (connection.exec_driver_sql("SELECT MAX(id) FROM event").scalar() or 0)
        batches, memory = iter(events), Shapes()
        while batch := list(itertools.islice(batches, EVENTS_PER_STATEMENT)):
            laid = list(map(lay, batch))
            shapes = complete(connection, wanted_by(laid), memory)
            rows = [
                event_row(one, types[one.event.event_type], shapes) | {"id": next_id + n} for n, one in enumerate(laid)
            ]
            _send(connection, EVENT, rows)
            ids = {event.message_id: next_id + n for n, event in enumerate(batch)}
            for kind, traits in trait_rows(zip(laid, rows, strict=True), ids).items():
                _send(connection, TRAITS[kind], [dict(zip(TRAIT_COLUMNS, trait, strict=True)) for trait in traits])
            add(connection, set().union(*(names_of(types[e.event_type], e.generated, e.traits) for e in batch)))
            connection.commit()
            memory.remember(shapes)
            next_id += len(batch)
    engine.dispose()


def _event_types(connection, events) -> dict[str, int]:
    known = {name: id_ for id_, name in connection.exec_driver_sql("SELECT id, `desc` FROM event_type")}
    for name in sorted({event.event_type for event in events} - set(known)):
        known[name] = connection.execute(EVENT_TYPE.insert(), {"desc": name}).lastrowid
    connection.commit()
    return known


def _send(connection, table, rows) -> None:
    if not rows:
        return
    columns = list(rows[0])
    processors = [table.c[name].type.bind_processor(DIALECT) for name in columns]
    handle, name = tempfile.mkstemp(prefix="panko-bench-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            for row in rows:
                values = (
                    _field(process(row[column]) if process else row[column])
                    for column, process in zip(columns, processors, strict=True)
                )
                out.write("\t".join(values) + "\n")
        quoted = ", ".join(f"`{column}`" for column in columns)
        connection.exec_driver_sql(
            f"LOAD DATA LOCAL INFILE '{name}' INTO TABLE {table.name} CHARACTER SET utf8mb4 ({quoted})"
        )
    finally:
        Path(name).unlink()


def _field(value) -> str:
    if value is None:
        return "\\N"
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
