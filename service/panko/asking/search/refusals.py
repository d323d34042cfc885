"""How a filter is refused: where, why, and what to write instead."""

from panko.errors import InvalidInputError


class FilterError(InvalidInputError):
    """A filter cannot be read; `column` is where, from 1."""

    def __init__(self, column: int, reason: str) -> None:
        super().__init__(f"The filter is wrong at column {column}: {reason}")
        self.column = column
        self.reason = reason
