"""How much one question may say. Pure.

What is asked becomes one statement, which databases take of a certain size and nesting only.
"""

from panko.errors import InvalidInputError
from panko.filters import Expression
from panko.filters.expressions import parts

MAX_FILTERS = 100
MAX_PARTS = 300  # each of the filters with a Not, and what holds them together
MAX_DEPTH = 10


def bounded(expression: Expression) -> Expression:
    """Return the expression; raise InvalidInputError when it is too large. It stops counting at the bound."""
    for number, (_part, depth) in enumerate(parts(expression), start=1):
        if depth > MAX_DEPTH:
            message = f"The filter is nested deeper than {MAX_DEPTH} levels. Ask with fewer parentheses."
            raise InvalidInputError(message)
        if number > MAX_PARTS:
            message = f"The filter has more than {MAX_PARTS} parts. Split it into several questions."
            raise InvalidInputError(message)
    return expression
