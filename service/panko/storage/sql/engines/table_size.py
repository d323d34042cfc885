"""How large a table is, as a database estimates it. Values only."""

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class TableSize:
    """Rows, and bytes of them and their indexes together; 0 where the database has not counted yet."""

    rows: int
    size_bytes: int

    @classmethod
    def of(cls, rows: float | None, size_bytes: int | None) -> "TableSize":
        """Make sense of what a database tells: it may know nothing, or say so by a negative number."""
        return cls(max(0, int(rows or 0)), int(size_bytes or 0))
