"""A project that a filter names: its own index in the order of time, and rows that lead to what that has not. Pure.

A filter compares as the database does, and a number stands for the bytes of a name. So what is spelled otherwise, and
what has no number beside its traits, is found by the rows of these; as a rule there is none of it.
"""

import dataclasses

from sqlalchemy import and_

from panko.event import TraitType
from panko.filters import Comparison, TraitFilter
from panko.storage.sql.reading.branches import Branches, Path
from panko.storage.sql.reading.search.alternatives import AnyOwned
from panko.storage.sql.reading.traits import OwnedTerm, TraitTerm
from panko.storage.sql.rows import owners
from panko.storage.sql.rows.tables import EVENT, TRAITS


@dataclasses.dataclass(frozen=True, slots=True)
class OneProject:
    """Events that satisfy `term` are in one of the branches, or found by one of the `others`, or both."""

    term: TraitTerm
    branches: Branches
    others: AnyOwned


def one_project(trait: TraitFilter, term: TraitTerm) -> OneProject | None:
    """Return the ways to the events of a project, if that is what a trait has to be.

    The number of a row has the upper bits of its event's: what shares these alone is in a branch of its own.
    """
    is_project = trait.type is TraitType.TEXT and trait.name.lower() == owners.PROJECT
    if not is_project or trait.comparison is not Comparison.EQ or not isinstance(trait.value, str):
        return None
    project, number, owner = owners.hashed(trait.value), EVENT.c.project_hash, TRAITS[TraitType.TEXT].c.owner
    first, last = owners.first_of(project), owners.last_of(project)
    beside = ((number >= first, number < project), (number > project, number <= last))
    elsewhere = (owner.is_(None), owner < first, owner > last)  # each for itself: not every database follows several
    return OneProject(
        term,
        Branches(Path.PROJECT, ((number == project,), *beside)),
        AnyOwned(tuple(OwnedTerm(term.type, and_(term.condition, one)) for one in elsewhere)),
    )
