"""How one page of events is read: the ids of the page first, then whole events by their ids."""

import dataclasses

from sqlalchemy import Connection, Engine

from panko.errors import MarkerNotFoundError
from panko.event import Event
from panko.filters import EventFilter, Page
from panko.storage.sql import pages
from panko.storage.sql.retry import Retry
from panko.storage.sql.rows import load_events
from panko.storage.sql.snapshot import begin_snapshot
from panko.storage.sql.terms import Terms, terms


@dataclasses.dataclass(frozen=True, slots=True)
class Reader:
    """Reads through `engine`. A trait term of at most `rare_limit` events is rare."""

    engine: Engine
    retry: Retry
    rare_limit: int

    def get_events(self, event_filter: EventFilter, page: Page) -> list[Event]:
        """Return one page; see `panko.storage.Connection.get_events`. The filter is evaluated once."""
        return self.retry.run(self.engine, lambda connection: self._read(connection, event_filter, page))

    def _read(self, connection: Connection, event_filter: EventFilter, page: Page) -> list[Event]:
        begin_snapshot(connection)
        after = _position_of_marker(connection, event_filter, page)
        wanted = terms(event_filter, _event_type_ids(connection, event_filter.event_type))
        if wanted is None or page.limit <= 0:
            return []
        return load_events(connection, self._page_ids(connection, wanted, page, after=after))

    def _page_ids(
        self, connection: Connection, wanted: Terms, page: Page, *, after: pages.Position | None
    ) -> list[int]:
        if wanted.traits and not wanted.by_message_id:
            counts = connection.execute(pages.rarity(wanted.traits, self.rare_limit)).one()
            fewest = min(counts)
            if fewest == 0:
                return []
            if fewest <= self.rare_limit:
                driving = wanted.traits[counts.index(fewest)]
                statement = pages.drive(wanted, page, after, driving=driving, count=fewest)
                return list(connection.execute(statement).scalars())
        return list(connection.execute(pages.walk(wanted, page, after)).scalars())


def _position_of_marker(connection: Connection, event_filter: EventFilter, page: Page) -> pages.Position | None:
    if page.marker is None:
        return None
    row = connection.execute(pages.marker(page.marker, event_filter.scope)).first()
    if row is None:
        raise MarkerNotFoundError(page.marker)
    return pages.Position(row.generated, row.message_id)


def _event_type_ids(connection: Connection, event_type: str | None) -> tuple[int, ...] | None:
    if event_type is None:
        return None
    return tuple(connection.execute(pages.event_type_ids(event_type)).scalars())
