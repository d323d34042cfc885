"""How one page of events is read: the ids of the page first, then whole events by their ids."""

from sqlalchemy import Connection

from panko.errors import MarkerNotFoundError
from panko.event import Event
from panko.filters import EventFilter, Page
from panko.storage.sql import pages
from panko.storage.sql.rows import load_events
from panko.storage.sql.snapshot import begin_snapshot
from panko.storage.sql.terms import Terms, terms


def read_page(connection: Connection, event_filter: EventFilter, page: Page) -> list[Event]:
    """Return one page; raise MarkerNotFoundError. The filter is evaluated once."""
    begin_snapshot(connection)
    after = _position_of_marker(connection, event_filter, page)
    wanted = terms(event_filter, _event_type_ids(connection, event_filter.event_type))
    if wanted is None or page.limit <= 0:
        return []
    return load_events(connection, _page_ids(connection, wanted, page, after=after))


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


def _page_ids(connection: Connection, wanted: Terms, page: Page, *, after: pages.Position | None) -> list[int]:
    if wanted.traits and not wanted.by_message_id:
        counts = connection.execute(pages.rarity(wanted.traits)).one()
        fewest = min(counts)
        if fewest == 0:
            return []
        if fewest <= pages.RARE_LIMIT:
            driving = wanted.traits[counts.index(fewest)]
            return list(connection.execute(pages.drive(wanted, page, after, driving=driving)).scalars())
    return list(connection.execute(pages.walk(wanted, page, after)).scalars())
