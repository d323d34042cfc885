"""Who sees what: each scope in all its forms, side by side, for they must say the same. Pure.

Traits decide, and whose an event is is compared to the byte. The numbers beside them only find, see `rows.owners`: an
event that a number finds is still asked for its traits, and events that have no number are looked for by their traits.
NOBODY alone is believed, because no owner has it.
"""

import dataclasses

from sqlalchemy import ColumnElement, exists, literal, not_, select

from panko.event import TraitType
from panko.filters import Everything, OwnActs, ProjectAndOwnerless, Scope, WholeProject
from panko.storage.sql.reading.branches import Branches, Conditions, Path
from panko.storage.sql.reading.comparisons import identical
from panko.storage.sql.reading.traits import OwnedTerm, exactly, of_event
from panko.storage.sql.rows import owners
from panko.storage.sql.rows.owners import NOBODY, PROJECT, USER, hashed
from panko.storage.sql.rows.tables import EVENT, TRAITS


@dataclasses.dataclass(frozen=True, slots=True)
class Visibility:
    """A scope as what is asked of one event, as parts that are walked, and as rows of traits that lead to its events.

    `branches` are None where an event of anybody is visible. `owners` are the first and the last number beside the
    traits of visible events, and `unknown` those of them whose traits have no number yet; both are None where such
    events cannot be told from others'.
    """

    conditions: Conditions
    branches: Branches | None = None
    owners: tuple[int, int] | None = None
    unknown: OwnedTerm | None = None


def visibility(scope: Scope) -> Visibility:
    """Return what a scope holds."""
    match scope:
        case Everything():
            return Visibility(conditions=())
        case ProjectAndOwnerless(project_id):
            return _project_and_ownerless(project_id)
        case WholeProject(project_id):
            return _whole_project(project_id)
        case OwnActs(project_id, user_id):
            return _own_acts(project_id, user_id)


def _project_and_ownerless(project_id: str) -> Visibility:
    """Events without a project have no trait by which those without a number could be told from others'."""
    number, visible = EVENT.c.project_hash, (_not_of_another_project(project_id),)
    return Visibility(
        conditions=visible,
        branches=Branches(
            Path.PROJECT,
            ((number == hashed(project_id), *visible), (number == NOBODY,), (number.is_(None), *visible)),
        ),
    )


def _whole_project(project_id: str) -> Visibility:
    owner, project = exactly(PROJECT, project_id), hashed(project_id)
    number, visible = EVENT.c.project_hash, (owner.exists(),)
    return Visibility(
        conditions=visible,
        branches=Branches(Path.PROJECT, ((number == project, *visible), (number.is_(None), *visible))),
        owners=(owners.first_of(project), owners.last_of(project)),
        unknown=owner.of(None, None),
    )


def _own_acts(project_id: str, user_id: str) -> Visibility:
    user, project, both = exactly(USER, user_id), hashed(project_id), hashed(project_id, user_id)
    number, visible = EVENT.c.owner_hash, (exactly(PROJECT, project_id).exists(), user.exists())
    of_traits = owners.of_traits(project, both)
    return Visibility(
        conditions=visible,
        branches=Branches(Path.OWNER, ((number == both, *visible), (number.is_(None), *visible))),
        owners=(of_traits, of_traits),
        unknown=user.of(None, None),
    )


def _not_of_another_project(project_id: str) -> ColumnElement[bool]:
    """No project_id trait says otherwise: one look-up by primary key for each event."""
    text = TRAITS[TraitType.TEXT].c
    another = text.value.is_(None) | not_(identical(text.value, project_id))
    statement = select(literal(1)).where(text.event_id == EVENT.c.id, identical(text.key, PROJECT), another)
    return not_(exists(of_event(statement)))
