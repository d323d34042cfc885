"""What each kind of database says in words of its own, as expressions of SQL. Pure: expressions in, text out."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Integer, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from panko.storage.sql import engines


class SameBytes(FunctionElement[bool]):
    """True when two texts are equal byte by byte; a test in addition to `=`, which can use an index."""

    name = "same_bytes"
    type = Boolean()
    inherit_cache = True


class LikeOriginal(FunctionElement[str]):
    """A text that compares as all text did in the original, whatever its column's collation."""

    name = "like_original"
    type = String()
    inherit_cache = True


class ByRow(FunctionElement[Any]):
    """A value in a form that no index knows, for rows that are found by something else."""

    name = "by_row"
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


class StoredBytes(FunctionElement[int]):
    """The length of a text in bytes."""

    name = "stored_bytes"
    type = Integer()
    inherit_cache = True


@compiles(SameBytes, *engines.ENGINES)
def _same_bytes(element: SameBytes, compiler: SQLCompiler, **options: Any) -> str:
    left, right = (compiler.process(clause, **options) for clause in element.clauses)
    return engines.of(compiler.dialect).same_bytes(left, right)


@compiles(LikeOriginal, *engines.ENGINES)
def _like_original(element: LikeOriginal, compiler: SQLCompiler, **options: Any) -> str:
    return engines.of(compiler.dialect).like_original(compiler.process(element.clauses, **options))


@compiles(ByRow, *engines.ENGINES)
def _by_row(element: ByRow, compiler: SQLCompiler, **options: Any) -> str:
    return engines.of(compiler.dialect).by_row(compiler.process(element.clauses, **options))


@compiles(StoredBytes, *engines.ENGINES)
def _stored_bytes(element: StoredBytes, compiler: SQLCompiler, **options: Any) -> str:
    return engines.of(compiler.dialect).stored_bytes(compiler.process(element.clauses, **options))
