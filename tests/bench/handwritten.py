"""The best SQL that a person would write for each question, over PyMySQL, on the same rows.

It reads the trait tables with the indexes that are there, each page by two statements, and does nothing with the rows.
"""

import dataclasses

import pymysql
from sqlalchemy import make_url

COLUMNS = "e.id, e.message_id, t.`desc`, e.`generated`, e.raw"
TYPED = "JOIN event_type t ON t.id = e.event_type_id"
BY_TIME = "ORDER BY e.`generated`, e.message_id LIMIT 100"
TRAITS = " UNION ALL ".join(
    f"SELECT event_id, `key`, CAST(value AS CHAR), {kind} FROM trait_{name} WHERE event_id IN %(ids)s"
    for kind, name in enumerate(("text", "int", "float", "datetime"), start=1)
)
TRAITS_OF_A_TYPE = " UNION ALL ".join(
    f"SELECT DISTINCT {kind}, k.`key` FROM event_type t JOIN event e ON e.event_type_id = t.id "
    f"JOIN trait_{name} k ON k.event_id = e.id WHERE t.`desc` = %(event_type)s"
    for kind, name in enumerate(("text", "int", "float", "datetime"), start=1)
)
HAS = "EXISTS (SELECT 1 FROM {table} x WHERE x.event_id = e.id AND x.`key` = '{key}' AND x.value {comparison})"


def page(where: str, order: str = BY_TIME) -> str:
    return f"SELECT STRAIGHT_JOIN {COLUMNS} FROM event e {TYPED} WHERE {where} {order}"


STATEMENTS = {
    "newest": page("TRUE", "ORDER BY e.`generated` DESC, e.message_id DESC LIMIT 100"),
    "all_tenants": page("TRUE"),
    "admin": page(
        "NOT EXISTS (SELECT 1 FROM trait_text x WHERE x.event_id = e.id AND x.`key` = 'project_id'"
        " AND x.value <> %(project)s)"
    ),
    "member": f"SELECT STRAIGHT_JOIN {COLUMNS} FROM trait_text u JOIN trait_text p ON p.event_id = u.event_id"
    f" JOIN event e ON e.id = u.event_id {TYPED} WHERE u.`key` = 'user_id' AND u.value = %(user)s"
    f" AND p.`key` = 'project_id' AND p.value = %(project)s {BY_TIME}",
    "event_type": f"SELECT STRAIGHT_JOIN {COLUMNS} FROM event_type t JOIN event e ON e.event_type_id = t.id"
    f" WHERE t.`desc` = %(event_type)s {BY_TIME}",
    "range": page("e.`generated` BETWEEN %(start)s AND %(end)s"),
    "string": f"SELECT STRAIGHT_JOIN {COLUMNS} FROM trait_text x JOIN event e ON e.id = x.event_id {TYPED}"
    f" WHERE x.`key` = 'instance_id' AND x.value = %(instance)s {BY_TIME}",
    "own string": f"SELECT STRAIGHT_JOIN {COLUMNS} FROM trait_text x JOIN trait_text u ON u.event_id = x.event_id"
    f" AND u.`key` = 'user_id' AND u.value = %(user)s JOIN trait_text p ON p.event_id = x.event_id"
    f" AND p.`key` = 'project_id' AND p.value = %(project)s JOIN event e ON e.id = x.event_id {TYPED}"
    f" WHERE x.`key` = 'instance_id' AND x.value = %(instance)s {BY_TIME}",
    "integer": page(HAS.format(table="trait_int", key="memory_mb", comparison=">= 4096")),
    "two": page(
        HAS.format(table="trait_text", key="state", comparison="= 'error'")
        + " AND "
        + HAS.format(table="trait_int", key="vcpus", comparison="= 4")
    ),
    "marker": page(
        "e.`generated` >= %(generated)s AND (e.`generated` > %(generated)s OR e.message_id > %(message_id)s)"
    ),
    "show": f"SELECT {COLUMNS} FROM event e {TYPED} WHERE e.message_id = %(message_id)s",
}


@dataclasses.dataclass(slots=True)
class HandWritten:
    """One connection, as somebody keeps it open."""

    connection: pymysql.Connection

    @classmethod
    def connect(cls, url: str) -> "HandWritten":
        at = make_url(url)
        return cls(
            pymysql.connect(
                host=at.host,
                port=at.port,
                user=at.username,
                password=at.password,
                database=at.database,
                charset="utf8mb4",
                autocommit=True,
                init_command="SET optimizer_switch = 'exists_to_in=off'",
            )
        )

    def events(self, name: str, values: dict) -> int:
        """Read a page with its traits; return how many events it holds."""
        with self.connection.cursor() as cursor:
            cursor.execute(STATEMENTS[name], values)
            rows = cursor.fetchall()
            if rows:
                cursor.execute(TRAITS, {"ids": [row[0] for row in rows]})
                cursor.fetchall()
            return len(rows)

    def rows(self, statement: str, values: dict | None = None) -> list[tuple]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())
