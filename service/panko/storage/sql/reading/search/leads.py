"""What leads to the events of an expression that no single index serves, such as `outcome:failed`. Pure.

An event is of one of the types or owns one of the traits, or the expression does not hold for it. The other way round
nothing is said: what is found that way is compared with the whole expression.
"""

import dataclasses

from panko.filters import (
    AboutTrait,
    AboutType,
    And,
    Expression,
    HasTrait,
    Or,
    TraitFilter,
    TraitPrefix,
    TypeFilter,
    TypePrefix,
    TypeSuffix,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Lead:
    """Terms of which one holds for every event that is wanted."""

    types: tuple[AboutType, ...] = ()
    traits: tuple[AboutTrait, ...] = ()

    def __len__(self) -> int:
        return len(self.types) + len(self.traits)


def lead(expression: Expression) -> Lead | None:
    """Return what leads to the events of an expression in normal form; None where only looking at each event does."""
    match expression:
        case TypeFilter() | TypePrefix() | TypeSuffix():
            return Lead(types=(expression,))
        case TraitFilter() | TraitPrefix() | HasTrait():
            return Lead(traits=(expression,))
        case And(inner):
            return min((way for way in map(lead, inner) if way is not None), key=len, default=None)
        case Or(inner):
            return _of_each([lead(one) for one in inner])
        case _:
            return None


def _of_each(ways: list[Lead | None]) -> Lead | None:
    known = [way for way in ways if way is not None]
    if len(known) < len(ways):
        return None
    types = dict.fromkeys(term for way in known for term in way.types)
    return Lead(tuple(types), tuple(dict.fromkeys(term for way in known for term in way.traits)))
