"""The outcome of an event as a number that SQL finds, by the rules of `panko.stories`. Pure but for one question.

It compares as a filter by `outcome:` does, so whoever filters by what was counted finds as many.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from sqlalchemy import ColumnElement, Connection, FromClause, case, literal_column, or_, select

from panko.event import TraitType
from panko.filters.counting import Grouping
from panko.filters.phases import begins, fails
from panko.storage.sql.reading.residual import of_types
from panko.storage.sql.reading.traits import named_trait
from panko.storage.sql.rows.tables import EVENT, EVENT_TYPE, TRAITS
from panko.stories.outcomes import ERROR, TOLD, Outcome, spellings

TEXT = TRAITS[TraitType.TEXT]
NUMBERS: Mapping[Outcome, int] = MappingProxyType({outcome: number for number, outcome in enumerate(Outcome)})
NAMES: Mapping[int, str] = MappingProxyType({number: outcome.value for outcome, number in NUMBERS.items()})
NUMBER_OF: Mapping[str, int] = MappingProxyType({name: number for number, name in NAMES.items()})


def numbers(names: Iterable[str]) -> tuple[int, ...]:
    """Return the numbers of outcomes by their names, sorted."""
    return tuple(sorted(NUMBER_OF[name] for name in names))


@dataclasses.dataclass(frozen=True, slots=True)
class Phases:
    """The ids of the types that tell of a failure and of a beginning."""

    failed: tuple[int, ...]
    started: tuple[int, ...]


def phases(connection: Connection) -> Phases:
    """Look at the types that there are."""
    rows = connection.execute(select(EVENT_TYPE.c.id, of_types(fails()), of_types(begins())))
    found = [(id_, bool(failed), bool(started)) for id_, failed, started in rows]
    return Phases(tuple(id_ for id_, failed, _ in found if failed), tuple(id_ for id_, _, started in found if started))


def outcome_of(connection: Connection, grouping: Grouping) -> "OutcomeOf | None":
    """Return how outcomes are told, where a grouping by one field asks for them."""
    field = grouping.field
    return OutcomeOf(phases(connection)) if field is not None and field.is_outcome else None


@dataclasses.dataclass(frozen=True, slots=True)
class OutcomeOf:
    """The outcome of each event of a statement, which is joined with what tells it."""

    phases: Phases

    def joined(self, events: FromClause) -> FromClause:
        """Return the events with the two traits that tell an outcome, each by its primary key."""
        return events.outerjoin(SAID, named_trait(SAID.c, "outcome")).outerjoin(STATE, named_trait(STATE.c, "state"))

    @property
    def number(self) -> ColumnElement[int]:
        """The outcome, see NUMBERS."""
        told = [(SAID.c.value.in_(_spelled(outcome)), _number(outcome)) for outcome in Outcome]
        type_id = EVENT.c.event_type_id
        failed = or_(type_id.in_(self.phases.failed), STATE.c.value.in_(spellings(ERROR)))
        return case(
            *told,
            (failed, _number(Outcome.FAILED)),
            (type_id.in_(self.phases.started), _number(Outcome.STARTED)),
            else_=_number(Outcome.OK),
        )


SAID, STATE = TEXT.alias("said_of_event"), TEXT.alias("state_of_event")


def _number(outcome: Outcome) -> ColumnElement[int]:
    return literal_column(str(NUMBERS[outcome]))


def _spelled(outcome: Outcome) -> list[str]:
    return [spelled for word, said in TOLD.items() if said is outcome for spelled in spellings(word)]
