"""Column types that read and write alike on every database. No statement is made here."""

import functools
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from panko.storage.sql import engines
from panko.storage.sql.engines import ENGINES

Id = functools.reduce(lambda id_, name: id_.with_variant(ENGINES[name].ROW_ID, name), ENGINES, BigInteger())


class PreciseTime(TypeDecorator[datetime]):
    """An instant to the microsecond; aware and in UTC in Python, and in the database as the original kept it."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type."""
        return dialect.type_descriptor(engines.of(dialect).INSTANT)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Make an instant what the column holds."""
        return None if value is None else engines.of(dialect).stored_instant(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Make an instant of what the column holds."""
        return None if value is None else engines.of(dialect).loaded_instant(value)
