"""The texts of refusals that several parts of a query share; they are the original's, word for word."""

from collections.abc import Iterable

from panko.errors import InvalidInputError


def invalid(name: str, value: object, reason: str) -> InvalidInputError:
    """Return the refusal of one value."""
    return InvalidInputError(f"Invalid input for field/attribute {name}. Value: '{value}'. {reason}")


def repeated(name: str) -> InvalidInputError:
    """Return the refusal of a second value where one is allowed."""
    return InvalidInputError(f"Parameter {name} was given several times")


def unknown_arguments(names: Iterable[str]) -> InvalidInputError:
    """Return the refusal of arguments that mean nothing here."""
    return InvalidInputError(f'Unknown argument: "{", ".join(dict.fromkeys(names))}"')
