"""The texts of refusals that several parts of a query share; they are the original's, word for word."""

from collections.abc import Iterable

from panko.errors import InvalidInputError
from panko.quoting import listed, quote


def invalid(name: str, value: object, reason: str) -> InvalidInputError:
    """Return the refusal of one value."""
    return InvalidInputError(f"Invalid input for field/attribute {quote(name)}. Value: '{quote(value)}'. {reason}")


def repeated(name: str) -> InvalidInputError:
    """Return the refusal of a second value where one is allowed."""
    return InvalidInputError(f"Parameter {quote(name)} was given several times")


def unknown_arguments(names: Iterable[str]) -> InvalidInputError:
    """Return the refusal of arguments that mean nothing here."""
    return InvalidInputError(f'Unknown argument: "{listed(map(quote, dict.fromkeys(names)))}"')
