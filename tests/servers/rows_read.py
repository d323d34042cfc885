"""How many rows each kind of database reads for a question, as it counts them itself."""

import json

from sqlalchemy import event


def handler_reads(store, use):
    """Return the rows that MariaDB read."""

    def read():
        with store._engine.connect() as connection:
            counters = connection.exec_driver_sql("SHOW SESSION STATUS LIKE 'Handler_read%%'")
            return sum(int(count) for _name, count in counters)

    before = read()
    use()
    return read() - before


def analyzed_reads(store, use):
    """Return the rows that PostgreSQL read, by running each statement again."""
    seen = []

    def remember(_connection, _cursor, statement, parameters, *_):
        if statement.lstrip().startswith("SELECT"):
            seen.append((statement, parameters))

    event.listen(store._engine, "before_cursor_execute", remember)
    try:
        use()
    finally:
        event.remove(store._engine, "before_cursor_execute", remember)
    rows = 0
    with store._engine.connect() as connection:
        for statement, parameters in seen:
            found = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).scalar_one()
            plan = found if isinstance(found, list) else json.loads(found)
            rows += sum(_rows(node) for node in _nodes(plan[0]["Plan"]))
    return rows


def _nodes(node):
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def _rows(node):
    if "Scan" not in node["Node Type"] or node.get("Relation Name", "event_type") == "event_type":
        return 0
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return (node["Actual Rows"] + removed) * node["Actual Loops"]


def scanned_tables(store, use):
    """Return what SQLite reads without an index, as a number that is too large, or 0."""
    lines = []

    def explain(_connection, cursor, statement, parameters, *_):
        if statement.lstrip().startswith("SELECT"):
            plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            lines.extend(row[3] for row in plan)

    event.listen(store._engine, "before_cursor_execute", explain)
    try:
        use()
    finally:
        event.remove(store._engine, "before_cursor_execute", explain)
    full = [
        line
        for line in lines
        if line.startswith(("SCAN event ", "SCAN event_type_trait ", "SCAN trait_")) and "INDEX" not in line
    ]
    assert full == []
    return 0


READS = {"mysql": handler_reads, "postgresql": analyzed_reads, "sqlite": scanned_tables}
