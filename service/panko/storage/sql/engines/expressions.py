"""What each kind of database says in words of its own, as expressions of SQL. Pure: expressions in, text out."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Integer, String, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from panko.storage.sql import engines
from panko.storage.sql.engines.protocol import ESCAPE


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


class Exactly(FunctionElement[Any]):
    """A text by which groups are made of what is the same to the byte."""

    name = "exactly"
    inherit_cache = True


class ByRow(FunctionElement[Any]):
    """A value in a form that no index knows, for rows that are found by something else."""

    name = "by_row"
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


class BeginsWith(FunctionElement[bool]):
    """True when a text begins with another one, compared as all text is; a range of an index where there can be one."""

    name = "begins_with"
    type = Boolean()
    inherit_cache = True

    def __init__(self, text: ColumnElement[Any], prefix: str) -> None:
        super().__init__(text, literal(prefix), literal(f"{_escaped(prefix)}%"))


class EndsWith(FunctionElement[bool]):
    """True when a text ends with another one, compared as all text is."""

    name = "ends_with"
    type = Boolean()
    inherit_cache = True

    def __init__(self, text: ColumnElement[Any], suffix: str) -> None:
        super().__init__(text, literal(suffix), literal(f"%{_escaped(suffix)}"))


def _escaped(text: str) -> str:
    """Return a text as a pattern of LIKE that means nothing but itself."""
    for special in (ESCAPE, "%", "_"):
        text = text.replace(special, f"{ESCAPE}{special}")
    return text


class StoredBytes(FunctionElement[int]):
    """The length of a text in bytes."""

    name = "stored_bytes"
    type = Integer()
    inherit_cache = True


class WholeSeconds(FunctionElement[int]):
    """The whole seconds from 1970 to an instant."""

    name = "whole_seconds"
    type = Integer()
    inherit_cache = True


class Quotient(FunctionElement[int]):
    """A whole number divided by another one, neither of them negative, without the rest."""

    name = "quotient"
    type = Integer()
    inherit_cache = True


@compiles(SameBytes, *engines.ENGINES)
def _same_bytes(element: SameBytes, compiler: SQLCompiler, **options: Any) -> str:
    left, right = (compiler.process(clause, **options) for clause in element.clauses)
    return engines.of(compiler.dialect).same_bytes(left, right)


@compiles(LikeOriginal, *engines.ENGINES)
def _like_original(element: LikeOriginal, compiler: SQLCompiler, **options: Any) -> str:
    return engines.of(compiler.dialect).like_original(compiler.process(element.clauses, **options))


@compiles(Exactly, *engines.ENGINES)
def _exactly(element: Exactly, compiler: SQLCompiler, **options: Any) -> str:
    return engines.of(compiler.dialect).exactly(compiler.process(element.clauses, **options))


@compiles(ByRow, *engines.ENGINES)
def _by_row(element: ByRow, compiler: SQLCompiler, **options: Any) -> str:
    return engines.of(compiler.dialect).by_row(compiler.process(element.clauses, **options))


@compiles(StoredBytes, *engines.ENGINES)
def _stored_bytes(element: StoredBytes, compiler: SQLCompiler, **options: Any) -> str:
    return engines.of(compiler.dialect).stored_bytes(compiler.process(element.clauses, **options))


@compiles(BeginsWith, *engines.ENGINES)
def _begins_with(element: BeginsWith, compiler: SQLCompiler, **options: Any) -> str:
    text, prefix, pattern = (compiler.process(clause, **options) for clause in element.clauses)
    return engines.of(compiler.dialect).begins_with(text, prefix, pattern)


@compiles(EndsWith, *engines.ENGINES)
def _ends_with(element: EndsWith, compiler: SQLCompiler, **options: Any) -> str:
    text, suffix, pattern = (compiler.process(clause, **options) for clause in element.clauses)
    return engines.of(compiler.dialect).ends_with(text, suffix, pattern)


@compiles(WholeSeconds, *engines.ENGINES)
def _whole_seconds(element: WholeSeconds, compiler: SQLCompiler, **options: Any) -> str:
    return engines.of(compiler.dialect).whole_seconds(compiler.process(element.clauses, **options))


@compiles(Quotient, *engines.ENGINES)
def _quotient(element: Quotient, compiler: SQLCompiler, **options: Any) -> str:
    number, divisor = (compiler.process(clause, **options) for clause in element.clauses)
    return engines.of(compiler.dialect).quotient(number, divisor)
