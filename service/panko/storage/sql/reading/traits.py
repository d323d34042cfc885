"""Terms about traits as SQL: rows of a trait table that find events, or that decide about one. Pure."""

import dataclasses
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, exists, func, literal, or_, select

from panko.event import TraitType
from panko.filters import AboutTrait, Comparison, HasTrait, TraitFilter, TraitPrefix
from panko.storage.sql.engines import planner
from panko.storage.sql.engines.expressions import ByRow
from panko.storage.sql.reading.comparisons import Certainty, begins_with, compare, identical, one_of, same_text
from panko.storage.sql.rows.tables import EVENT, TRAITS, by_value


@dataclasses.dataclass(frozen=True, slots=True)
class TraitTerm:
    """Rows of one trait table; an event satisfies the term when it owns one of them, and owns at most `rows`."""

    type: TraitType
    condition: ColumnElement[bool]
    condition_by_row: ColumnElement[bool]
    is_one_value: bool = False
    rows: int = 1

    def exists(self) -> ColumnElement[bool]:
        """Return the condition on an event, evaluated event by event, by the event's own traits alone.

        Left to choose, MySQL and PostgreSQL take the index of values where the value is rare: what others stored would
        cost time.
        """
        table = TRAITS[self.type]
        one = planner.by_primary_key(select(literal(1)), table)
        return exists(of_event(one.where(table.c.event_id == EVENT.c.id, self.condition_by_row)))

    def event_ids(self, limit: int) -> Select[int]:
        """Return the ids of `limit` events or, where an event owns several rows, more, in the order of the index."""
        return select(TRAITS[self.type].c.event_id).where(self.condition).limit(limit * self.rows)

    def of(self, first: int | None, last: int | None) -> "OwnedTerm":
        """Return the term among the rows of a range of owners; None is for rows that have no owner yet."""
        owner = TRAITS[self.type].c.owner
        among = owner.is_(None) if first is None else owner == first if first == last else owner.between(first, last)
        return OwnedTerm(self.type, and_(self.condition, among), self.rows)

    def count(self, limit: int) -> ColumnElement[int]:
        """Return how many events there are, but count no further than `limit`."""
        return counted(self.event_ids(limit))


@dataclasses.dataclass(frozen=True, slots=True)
class OwnedTerm:
    """Rows of one trait table that have one value and are one owner's: no other row is read to find them."""

    type: TraitType
    condition: ColumnElement[bool]
    rows: int = 1

    def event_ids(self, limit: int) -> Select[int]:
        """Return the ids of `limit` events or, where an event owns several rows, more."""
        table = TRAITS[self.type]
        ids = planner.by_index(select(table.c.event_id), table, by_value(table.name))
        return ids.where(self.condition).limit(limit * self.rows)

    def count(self, limit: int) -> ColumnElement[int]:
        """Return how many events there are, but count no further than `limit`."""
        return counted(self.event_ids(limit))


def trait_term(trait: TraitFilter, *names: str) -> TraitTerm | None:
    """Return the term of a trait of this name or of others; None when no event of anybody can match.

    An event may own a row of each name.
    """
    table = TRAITS[trait.type]
    named = one_of(table.c.key, (trait.name, *names))
    condition, by_row = (_compared(value, trait) for value in (table.c.value, ByRow(table.c.value)))
    if condition is None or by_row is None:
        return None
    is_one_value = trait.comparison is Comparison.EQ
    return TraitTerm(trait.type, and_(named, condition), and_(named, by_row), is_one_value, 1 + len(names))


def trait_terms(term: AboutTrait) -> tuple[TraitTerm, ...]:
    """Return the terms of which an event satisfies one; none when no event of anybody can match."""
    match term:
        case TraitFilter():
            found = trait_term(term)
            return () if found is None else (found,)
        case TraitPrefix(name, prefix):
            return (_prefixed(name, prefix),)
        case HasTrait(name):
            return tuple(_named(kind, name) for kind in TraitType)


def any_of(terms: Iterable[AboutTrait]) -> tuple[TraitTerm, ...]:
    """Return the terms of which an event satisfies one: one term for all names that may have the same value."""
    names: dict[TraitFilter, list[str]] = {}
    found: list[TraitTerm | None] = []
    for term in terms:
        if isinstance(term, TraitFilter) and term.comparison is Comparison.EQ:
            names.setdefault(dataclasses.replace(term, name=""), []).append(term.name)
        else:
            found += trait_terms(term)
    found += (trait_term(dataclasses.replace(trait, name=name), *more) for trait, (name, *more) in names.items())
    return tuple(term for term in found if term is not None)


def _prefixed(name: str, prefix: str) -> TraitTerm:
    text = TRAITS[TraitType.TEXT]
    named = same_text(text.c.key, name)
    condition, by_row = (begins_with(column, prefix) for column in (text.c.value, ByRow(text.c.value)))
    return TraitTerm(TraitType.TEXT, and_(named, condition), and_(named, by_row))


def _named(kind: TraitType, name: str) -> TraitTerm:
    named = same_text(TRAITS[kind].c.key, name)
    return TraitTerm(kind, named, named)


def _compared(value: ColumnElement[Any], trait: TraitFilter) -> ColumnElement[bool] | None:
    condition = compare(value, trait.comparison, trait.value)
    if condition is Certainty.NEVER:
        return None
    return value.is_not(None) if condition is Certainty.ALWAYS else condition


def by_table(terms: Iterable[TraitTerm]) -> list[TraitTerm]:
    """Return one term for each table, for what satisfies one of these: an event has few rows in each, read once."""
    found: dict[TraitType, TraitTerm] = {}
    for term in terms:
        known = found.get(term.type)
        found[term.type] = term if known is None else _either(known, term)
    return list(found.values())


def _either(one: TraitTerm, other: TraitTerm) -> TraitTerm:
    condition = or_(and_(one.condition), and_(other.condition))
    return TraitTerm(one.type, condition, or_(and_(one.condition_by_row), and_(other.condition_by_row)))


def exactly(name: str, value: str) -> TraitTerm:
    """Return the term of a text that is this one to the byte."""
    text = TRAITS[TraitType.TEXT]
    named = identical(text.c.key, name)
    condition, by_row = (identical(column, value) for column in (text.c.value, ByRow(text.c.value)))
    return TraitTerm(TraitType.TEXT, and_(named, condition), and_(named, by_row))


def counted(ids: Select[Any] | CompoundSelect[Any]) -> ColumnElement[int]:
    """Return how many rows a statement has."""
    return select(func.count()).select_from(ids.subquery()).scalar_subquery()


def named_trait(columns: Any, name: str) -> ColumnElement[bool]:
    """Return the condition on the trait of this name of an event, in a table with these columns."""
    return and_(columns.event_id == EVENT.c.id, same_text(columns.key, name))


def of_event(statement: Select[Any]) -> Select[Any]:
    """Make a statement one about the event of the statement around it, which is asked event by event."""
    return planner.unjoined(statement.correlate(EVENT))
