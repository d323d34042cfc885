"""Terms about traits of which one has to hold, as SQL: each finds its events by its own range of an index. Pure."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, literal_column, or_, select, union

from panko.filters import AboutTrait
from panko.storage.sql.reading import residual
from panko.storage.sql.reading.traits import OwnedTerm, TraitTerm, any_of, by_table, counted
from panko.storage.sql.rows.tables import EVENT

ID = literal_column("event_id", EVENT.c.id.type)


@dataclasses.dataclass(frozen=True, slots=True)
class AnyTrait:
    """Rows of the trait tables; an event satisfies this when it owns one of them."""

    terms: tuple[TraitTerm, ...]

    @property
    def is_one_value(self) -> bool:
        """Tell whether an index finds each of the rows among an owner's alone."""
        return all(term.is_one_value for term in self.terms)

    def exists(self) -> ColumnElement[bool]:
        """Return the condition on an event, by its own traits alone: one look into each table."""
        return residual.sheltered(or_(*(term.exists() for term in by_table(self.terms))))

    def event_ids(self, limit: int) -> Select[Any] | CompoundSelect[Any]:
        """Return the ids of events, each once; at most `limit` for each term."""
        return _once([term.event_ids(limit) for term in self.terms])

    def of(self, first: int | None, last: int | None) -> "AnyOwned":
        """Return the same among the rows of a range of owners; None is for rows that have no owner yet."""
        return AnyOwned(tuple(term.of(first, last) for term in self.terms))

    def count(self, limit: int) -> ColumnElement[int]:
        """Return how many events there are, but count no further than `limit` for each term."""
        return counted(self.event_ids(limit))


@dataclasses.dataclass(frozen=True, slots=True)
class AnyOwned:
    """Rows of the trait tables that are one owner's: no other row is read to find them."""

    terms: tuple[OwnedTerm, ...]

    def event_ids(self, limit: int) -> Select[Any] | CompoundSelect[Any]:
        """Return the ids of events, each once; at most `limit` for each term."""
        return _once([term.event_ids(limit) for term in self.terms])

    def count(self, limit: int) -> ColumnElement[int]:
        """Return how many events there are, but count no further than `limit` for each term."""
        return counted(self.event_ids(limit))


def any_trait(terms: Sequence[AboutTrait]) -> AnyTrait | None:
    """Return what holds when one of the terms does; None when no event of anybody can match."""
    found = any_of(terms)
    return AnyTrait(found) if found else None


def _once(parts: list[Select[Any]]) -> Select[Any] | CompoundSelect[Any]:
    """Put ids together. Each part in a SELECT of its own: SQLite takes no LIMIT inside of a UNION otherwise.

    Its column is named by text: to make one of each part is a third of what a search for a resource costs here.
    """
    each = [select(ID).select_from(part.subquery()) for part in parts]
    return each[0].distinct() if len(each) == 1 else union(*each)
