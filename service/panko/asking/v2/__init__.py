"""What a caller asks for, read from a URL's arguments and a JSON body: filter terms and a page.

Pure. It decides nothing about who sees what: the scope is added by `panko.api.callers.credentials`. The texts of
errors are those of the original, because people and programs search for them.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from panko.asking.bounds import bounded
from panko.asking.v2 import arguments as sent_arguments
from panko.asking.v2 import page, terms
from panko.asking.v2.arguments import Arguments, Term, refuse_arguments
from panko.asking.v2.page import Limits
from panko.filters import (
    And,
    EventFilter,
    Expression,
    MessageIdFilter,
    Page,
    Scope,
    Since,
    TraitFilter,
    TypeFilter,
    Until,
)

__all__ = ("Arguments", "Limits", "Query", "parse", "refuse_arguments")


@dataclasses.dataclass(frozen=True, slots=True)
class Query:
    """Everything that a caller asked for: terms that hold together, of most of them one at most."""

    page: Page
    event_type: str | None = None
    message_id: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    traits: tuple[TraitFilter, ...] = ()
    all_tenants: bool = False

    def within(self, scope: Scope) -> EventFilter:
        """Return the filter of what was asked for, inside what the caller may see."""
        return EventFilter(scope, bounded(And((*self._terms(), *self.traits))))

    def _terms(self) -> Iterator[Expression]:
        if self.message_id is not None:
            yield MessageIdFilter(self.message_id)
        if self.event_type is not None:
            yield TypeFilter(self.event_type)
        if self.start is not None:
            yield Since(self.start)
        if self.end is not None:
            yield Until(self.end)


def parse(arguments: Arguments, body: Any = None, *, limits: Limits, admin: bool) -> Query:
    """Read the arguments of a URL and a JSON body, where None is no body. Raise InvalidInputError."""
    sent = sent_arguments.read(arguments, body)
    special, traits = _filters(sent.q, admin=admin)
    wanted = Page(limit=page.limit(sent.limit, limits), sort=page.sort(sent.sort), marker=sent.marker or None)
    return Query(page=wanted, traits=traits, **special)


def _filters(sent: Sequence[Term], *, admin: bool) -> tuple[dict[str, Any], tuple[TraitFilter, ...]]:
    """Return the values of special fields by attribute of Query, and the filters of traits."""
    fields = terms.SPECIAL_FIELDS | (terms.ADMIN_FIELDS if admin else {})
    special: dict[str, Any] = {}
    traits: list[TraitFilter] = []
    for term in sent:
        terms.comparison(term)
        if term.field not in fields:
            traits.append(terms.trait_filter(term))
            continue
        attribute, read = fields[term.field]
        # A field given again replaces the one before, also by an empty value, which is no filter.
        special[attribute] = read(term)
    return special, tuple(traits)
