"""A filter as it is written: tokens of a key and values. Values only; what they mean is said by `meaning`."""

import dataclasses

from panko.filters import Comparison

TYPE, RESOURCE, OUTCOME, ID, HAS = "type", "resource", "outcome", "id", "has"
# Keys that stand for a text trait of another name, or of their own.
TEXTS = {
    "request": "request_id",
    "user": "user_id",
    "project": "project_id",
    "host": "host",
    "service": "service",
}
KEYS = frozenset({TYPE, RESOURCE, OUTCOME, ID, HAS, *TEXTS})
OPERATORS = {">=": Comparison.GE, "<=": Comparison.LE, ">": Comparison.GT, "<": Comparison.LT}


@dataclasses.dataclass(frozen=True, slots=True)
class Value:
    """What a key is compared with: equal to it unless another comparison stands before.

    A prefix stands for every text that begins with it. `is_text` says that the value stood in quotation marks and would
    be a number or a time without them; of all other values it is False.
    """

    text: str
    comparison: Comparison = Comparison.EQ
    is_prefix: bool = False
    is_text: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Token:
    """A key and the values of which one holds; none of them does where it is negated.

    `is_trait` says that the key stood in quotation marks and would be one of KEYS without them: it names a trait.
    """

    key: str
    values: tuple[Value, ...]
    is_negated: bool = False
    is_trait: bool = False

    @property
    def compares(self) -> bool:
        """Tell whether one of the values is compared otherwise than for being equal."""
        return any(value.comparison is not Comparison.EQ for value in self.values)


@dataclasses.dataclass(frozen=True, slots=True)
class Filter:
    """Tokens that all hold; without any, every event is meant."""

    tokens: tuple[Token, ...] = ()
