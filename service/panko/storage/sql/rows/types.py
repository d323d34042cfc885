"""Column types that read and write alike on every database. No statement is made here."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer
from sqlalchemy.dialects.mysql import DECIMAL
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

# An INTEGER PRIMARY KEY is SQLite's own 64-bit row id; BIGINT would not be.
Id = BigInteger().with_variant(Integer, "sqlite")


def seconds_since_epoch(value: datetime) -> Decimal:
    """Return an instant as MySQL and MariaDB keep it."""
    return Decimal((value - EPOCH) // MICROSECOND).scaleb(-6)


class PreciseTime(TypeDecorator[datetime]):
    """An instant to the microsecond; aware and in UTC in Python.

    As the original kept it: decimal seconds since the epoch on MySQL and MariaDB, a date and time without zone, in
    UTC, elsewhere.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type."""
        if dialect.name == "mysql":
            return dialect.type_descriptor(DECIMAL(precision=20, scale=6))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Make an instant what the column holds."""
        if value is None:
            return None
        if dialect.name == "mysql":
            return seconds_since_epoch(value)
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Make an instant of what the column holds."""
        if value is None:
            return None
        if dialect.name == "mysql":
            return EPOCH + int(value.scaleb(6)) * MICROSECOND
        return datetime.combine(value.date(), value.time(), UTC)
