"""What is said of one kind of database alone stands in the module of that kind."""

import ast
import re

import pytest

from rendering.programs import REPOSITORY

SQL = REPOSITORY / "service/panko/storage/sql"
# Revisions are frozen: each keeps what it did on each database, whatever the modules say later.
ELSEWHERE = [
    path
    for path in sorted(SQL.rglob("*.py"))
    if SQL / "engines" not in path.parents and path.parent != SQL / "schema/migrations/versions"
]
NAMES = re.compile(r"(?i)^(mysql|mariadb|postgres(ql)?|sqlite|pymysql|psycopg)\b")
ASKS = {
    "is_mariadb",
    "get_backend_name",
    "drivername",
    "with_variant",
    "ddl_if",
    "with_hint",
    "prefix_with",
    "suffix_with",
}


def kinds_told_apart(source):
    """Yield what tells one kind of database from another: its name as a value, or what only some kinds are asked."""
    tree = ast.parse(source)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(str(text)) if id(node) not in prose and NAMES.match(text) and " " not in text:
                yield text
            case ast.Attribute(ast.Attribute(attr="dialect") | ast.Name("dialect"), "name"):
                yield "dialect.name"
            case ast.Attribute(attr=name) if name in ASKS:
                yield name
            case ast.Name("compiles"):
                yield "compiles"
            case ast.ImportFrom(module) if module and (module.startswith("sqlalchemy.dialects") or NAMES.match(module)):
                yield module
            case ast.ImportFrom("panko.storage.sql.engines") if {"mysql", "postgresql", "sqlite"} & {
                name.name for name in node.names
            }:
                yield "one of the modules"


def test_no_other_module_tells_kinds_of_databases_apart():
    found = {f"{path.relative_to(SQL)}: {told}" for path in ELSEWHERE for told in kinds_told_apart(path.read_text())}
    assert found == set()


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("if connection.dialect.name == 'sqlite': pass", ["dialect.name", "sqlite"]),
        ("x = {'mysql': 1}[dialect.name]", ["dialect.name", "mysql"]),
        ("if getattr(dialect, 'is_x'): pass", []),
        ("if dialect.is_mariadb: pass", ["is_mariadb"]),
        ("@compiles(Element, kind)\ndef f(): pass", ["compiles"]),
        ("from sqlalchemy.dialects.mysql import DECIMAL", ["sqlalchemy.dialects.mysql"]),
        ("import_module = 1\nfrom pymysql.err import Error", ["pymysql.err"]),
        ("from panko.storage.sql.engines import mysql", ["one of the modules"]),
        ("'''MySQL is told apart elsewhere.'''\nx = 'SQLite and others'", []),
    ],
)
def test_what_tells_kinds_apart_is_seen(source, told):
    assert sorted(kinds_told_apart(source)) == told
