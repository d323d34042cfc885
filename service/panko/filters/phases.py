"""The types of events that tell of a failure or of a beginning, as `panko.stories` takes them, said as terms. Pure."""

from panko.filters.expressions import And, Expression, Not, Or, TypeFilter, TypeSuffix


def fails() -> Expression:
    """Return the types of a failure."""
    return _phase("error")


def begins() -> Expression:
    """Return the types of a beginning."""
    return Or((_phase("start"), TypeSuffix(".http.request"), TypeFilter("http.request")))


def _phase(word: str) -> Expression:
    """Return the types with a phase; those of requests to an API have other words for theirs."""
    return And((TypeSuffix(f".{word}"), Not(Or((TypeSuffix(f".http.{word}"), TypeFilter(f"http.{word}"))))))
