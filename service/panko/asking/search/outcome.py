"""What `outcome:` means in a filter: what `panko.stories` says of an event, said as terms. Pure.

Other words than those of the stories are looked for in the trait `outcome` alone.
"""

from collections.abc import Iterable

from panko.event import TraitType
from panko.filters import And, Comparison, Expression, Not, Or, TraitFilter, phases
from panko.stories.outcomes import ERROR, TOLD, Outcome, spellings

TRAIT, STATE = "outcome", "state"
WORDS = tuple(outcome.value for outcome in Outcome)


def expression(outcome: str) -> Expression:
    """Return what an outcome means."""
    if outcome not in WORDS:
        return _is(TRAIT, outcome)
    meant = Outcome(outcome)
    untold = Not(Or(_one_of(TRAIT, TOLD)))
    return Or(
        (*_one_of(TRAIT, [word for word, said in TOLD.items() if said is meant]), And((untold, _otherwise(meant))))
    )


def _otherwise(outcome: Outcome) -> Expression:
    """Return what holds for the events of an outcome that the trait does not tell."""
    if outcome is Outcome.FAILED:
        return Or((phases.fails(), *_one_of(STATE, [ERROR])))
    if outcome is Outcome.STARTED:
        return And((Not(_otherwise(Outcome.FAILED)), phases.begins()))
    return And((Not(_otherwise(Outcome.FAILED)), Not(phases.begins())))


def _one_of(name: str, words: Iterable[str]) -> tuple[Expression, ...]:
    return tuple(_is(name, spelled) for word in words for spelled in spellings(word))


def _is(name: str, value: str) -> Expression:
    return TraitFilter(name, TraitType.TEXT, Comparison.EQ, value)
