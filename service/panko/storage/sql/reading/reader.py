"""How one page of events is read: in one statement, after the look-ups that make it a quick one.

Only where events are large their texts are read by further statements, as many as fit the page. A page of many events
is read in parts, because the database reads the text of each event that it tells the size of: the first part says how
large events are here, and so how many more there is room for.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Select

from panko.errors import MarkerNotFoundError
from panko.event import Event
from panko.filters import And, EventFilter, MessageIdFilter, Page, Position
from panko.storage.sql.reading import pages
from panko.storage.sql.reading.by_id import Show
from panko.storage.sql.reading.plan import Plan, plan
from panko.storage.sql.reading.search.alternatives import AnyTrait
from panko.storage.sql.reading.search.leading import leading
from panko.storage.sql.reading.search.projects import OneProject
from panko.storage.sql.reading.terms import Terms, TypeTerm, terms
from panko.storage.sql.reading.traits import TraitTerm
from panko.storage.sql.rows import size
from panko.storage.sql.rows.events import EventRow, Events, has_copies
from panko.storage.sql.rows.load import with_traits
from panko.storage.sql.rows.shapes.known import Shapes
from panko.storage.sql.session.retry import Retry
from panko.storage.sql.session.snapshot import begin_snapshot

FIRST_PART = 200

# In a scope, a walk passes fewer events on its way to a full page.
SCOPES_ARE_SMALLER = 10
# What is stored between the count and the page is read too, or it would take the place of what was counted: an index
# over values is not in the order in which events come.
STORED_MEANWHILE = 100_000


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """A term of at most `rare` events is rare, and a page holds `page_bytes` of text, or one event."""

    rare: int
    page_bytes: int


@dataclasses.dataclass(frozen=True, slots=True)
class Read:
    """The rows of a page; `is_cut` says that it ended before its limit, because events are large."""

    rows: list[EventRow]
    is_cut: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Reader:
    """Reads through `engine`.

    `leads_admins` says that the default scope of an admin begins with an index of traits too, which has no numbers for
    what is nobody's: an admin may ask for all projects as well, so the time that others' events cost tells nothing new.
    v2 keeps to what the scope holds.
    """

    engine: Engine
    retry: Retry
    limits: Limits
    show: Show
    leads_admins: bool = False
    shapes: Shapes = dataclasses.field(default_factory=Shapes)

    def get_events(self, event_filter: EventFilter, page: Page) -> Sequence[Event]:
        """Return one page; see `panko.storage.Connection.get_events`. The filter is evaluated once."""
        message_id = _only_one(event_filter, page)
        if message_id is not None:
            return self._one(message_id, event_filter, page)
        return self.find(event_filter, page)[0]

    def find(self, event_filter: EventFilter, page: Page) -> tuple[Events, bool]:
        """Return one page, and whether it ended before its limit because events are large."""
        read = self.retry.read(self.engine, lambda connection: self._rows(connection, event_filter, page))
        if has_copies(read.rows):
            return Events(read.rows, shapes=self.shapes.known), read.is_cut
        return self.retry.read(self.engine, lambda connection: self._snapshot(connection, event_filter, page))

    def _one(self, message_id: str, event_filter: EventFilter, page: Page) -> Sequence[Event]:
        """Return the event of a message_id, which is all that the filter says."""
        rows = self.retry.read(
            self.engine,
            lambda connection: self.shapes.readable(
                connection, self.show.rows(connection, message_id, event_filter.scope)
            ),
        )
        if not has_copies(rows):
            return self.retry.read(self.engine, lambda connection: self._snapshot(connection, event_filter, page))[0]
        return Events(rows[: page.limit], shapes=self.shapes.known)

    def _snapshot(self, connection: Connection, event_filter: EventFilter, page: Page) -> tuple[Events, bool]:
        """Return a page with events of the original's writers, whose traits are read by statements of their own."""
        begin_snapshot(connection)
        read = self._rows(connection, event_filter, page)
        events = with_traits(connection, read.rows, self.limits.page_bytes, shapes=self.shapes.known)
        return events, read.is_cut or len(events) < len(read.rows)

    def _rows(self, connection: Connection, event_filter: EventFilter, page: Page) -> Read:
        after = _position_of_marker(connection, event_filter, page)
        planned = plan(event_filter)
        if planned is None:
            return Read([])
        wanted = terms(planned, _event_type_ids(connection, planned))
        if wanted is None or page.limit <= 0:
            return Read([])
        read = self._in_parts(connection, wanted, page, after=after)
        return dataclasses.replace(read, rows=self.shapes.readable(connection, read.rows))

    def _in_parts(self, connection: Connection, wanted: Terms, page: Page, *, after: Position | None) -> Read:
        """Read until the page is full of events or of bytes, or there are no more."""
        rows: list[EventRow] = []
        read, left, begin, limit = 0, self.limits.page_bytes, after, min(page.limit, FIRST_PART)
        while True:
            statement = self._statement(connection, wanted, dataclasses.replace(page, limit=limit), after=begin)
            if statement is None:
                return Read(rows)
            share = left // limit
            found = [EventRow(*row) for row in connection.execute(statement, {size.INLINE: share})]
            kept = size.fitting(found, left)
            taken = sum(row.size for row in kept)
            if rows and taken > left:  # one event, for which there is no room any more
                return Read(rows, is_cut=True)
            rows += size.with_texts(connection, kept, share)
            read, left = read + len(kept), left - taken
            if len(kept) < limit or read == page.limit:
                return Read(rows, is_cut=len(kept) < len(found))
            last = kept[-1]
            if last.generated is None:  # the original stored it so; no place in time from which a list could go on
                rows, read, left, begin, limit = [], 0, self.limits.page_bytes, after, page.limit
                continue
            begin = Position(last.generated, last.message_id)
            limit = min(page.limit - read, max(FIRST_PART, left // (taken // len(kept) + 1)))

    def _statement(
        self, connection: Connection, wanted: Terms, page: Page, *, after: Position | None
    ) -> Select[Any] | None:
        """Choose how the page is found; None when a term is satisfied by no event.

        Inside a scope nothing is chosen by what there is outside of it, or the time that it takes would tell a caller
        how many events of others satisfy a term.
        """
        if wanted.branches is not None and not (self.leads_admins and wanted.is_admins):
            return self._statement_inside(connection, wanted, page, after=after)
        rare, project = self.limits.rare, wanted.project
        competing, others = _competing(wanted), [] if project is None else [project.others]
        asked = [*competing, *others]
        counts = list(connection.execute(pages.rarity(asked, rare)).one()) if asked else []
        fewest = min(counts[: len(competing)], default=rare + 1)
        if fewest == 0:
            return None
        driving = competing[counts.index(fewest)] if fewest <= rare else None
        if project is not None and counts[-1] > rare:  # too many of its events are found by their rows alone
            project = None
        if driving is None:
            return self._walk(connection, wanted, page, after=after, project=project)
        if isinstance(driving, TypeTerm):  # nothing is rarer than the type, whose own index is walked
            return pages.walk(wanted, page, after)
        if project is not None and driving is project.term:
            return self._of_project(project, wanted, page, after)
        return pages.drive(wanted, page, after, driving=driving, count=fewest + STORED_MEANWHILE)

    def _of_project(self, project: OneProject, wanted: Terms, page: Page, after: Position | None) -> Select[Any]:
        ids = project.others.event_ids(self.limits.rare + STORED_MEANWHILE)
        return pages.led(wanted, page, after, branches=project.branches, ids=ids)

    def _walk(
        self, connection: Connection, wanted: Terms, page: Page, *, after: Position | None, project: OneProject | None
    ) -> Select[Any] | None:
        """Walk, in a project or through everything, unless there is a shorter way to what is not common."""
        led = None
        if wanted.lead is not None:
            led = leading(connection, wanted.lead, wanted.time, limit=page.limit, rare=self.limits.rare)
        if led is None:
            return (
                pages.walk(wanted, page, after) if project is None else self._of_project(project, wanted, page, after)
            )
        if led.nothing:
            return None
        branches = None if led.types is None else led.types.branches()
        ids = None if led.traits is None else led.traits.event_ids(led.count + STORED_MEANWHILE)
        return pages.led(wanted, page, after, branches=branches, ids=ids)

    def _statement_inside(
        self, connection: Connection, wanted: Terms, page: Page, *, after: Position | None
    ) -> Select[Any] | None:
        """Choose by what the scope itself holds; the walk goes along the scope's own index."""
        unknown = wanted.unknown
        if unknown is None or not wanted.owned or wanted.message_id is not None:
            return pages.walk(wanted, page, after)
        limit = self.limits.rare // SCOPES_ARE_SMALLER
        *counts, left = connection.execute(pages.rarity([*wanted.owned, unknown], limit)).one()
        fewest = min(counts)
        if max(fewest, left) > limit:
            return pages.walk(wanted, page, after)
        if fewest + left == 0:
            return None
        driving = wanted.owned[counts.index(fewest)]
        # Rows get their owners while others read: what is not unknown any more is found with the others.
        rare = (driving, unknown) if left else (driving,)
        return pages.drive_inside(wanted, page, after, rare=rare, limit=limit + STORED_MEANWHILE)


def _competing(wanted: Terms) -> list[TraitTerm | AnyTrait | TypeTerm]:
    """Return the terms of which the one that fewest events satisfy may lead to them.

    A project that is named alone leads by its own index, however many events it has.
    """
    if wanted.message_id is not None:
        return []
    is_alone = wanted.project is not None and len(wanted.traits) == 1 and wanted.lead is None
    traits = [] if is_alone else [*wanted.traits]
    # Inside of a scope the index of types is not walked.
    types = [wanted.types] if wanted.types and wanted.traits and wanted.branches is None else []
    return [*traits, *types]


def _only_one(event_filter: EventFilter, page: Page) -> str | None:
    """Return the message_id when nothing else is asked for."""
    if page.marker is not None or page.after is not None or page.limit <= 0:
        return None
    match event_filter.expression:
        case MessageIdFilter(message_id) | And((MessageIdFilter(message_id),)):
            return message_id
        case _:
            return None


def _position_of_marker(connection: Connection, event_filter: EventFilter, page: Page) -> Position | None:
    if page.marker is None:
        return page.after
    row = connection.execute(pages.marker(page.marker, event_filter.scope)).first()
    if row is None:
        raise MarkerNotFoundError(page.marker)
    return Position(row.generated, row.message_id)


def _event_type_ids(connection: Connection, planned: Plan) -> tuple[int, ...] | None:
    if planned.type_terms:
        return tuple(connection.execute(pages.ids_of_types(planned.type_terms)).scalars())
    if not planned.event_types:
        return None
    return tuple(connection.execute(pages.event_type_ids(*planned.event_types)).scalars())
