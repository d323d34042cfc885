"""The Connection of `panko.storage` on a SQL database: puts reader, writer, catalogue and expiry together."""

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from sqlalchemy import Engine, literal, select, text

from panko.event import Event, Trait, TraitType
from panko.filters import EventFilter, Page
from panko.filters.counting import Field, Grouping, Keys
from panko.storage import Counts, Ends, ExpiredEvent, Found, Freshness, Pool, Recorded
from panko.storage.sql import engines
from panko.storage.sql.counts.counter import EventCounter
from panko.storage.sql.counts.settling.settler import Settling
from panko.storage.sql.reading.by_id import Show
from panko.storage.sql.reading.catalogue import Catalogue
from panko.storage.sql.reading.reader import Limits, Reader
from panko.storage.sql.reading.search.freshness import Looking
from panko.storage.sql.reading.search.searcher import Searcher
from panko.storage.sql.rows.shapes.known import Shapes
from panko.storage.sql.session.engine import make_engine
from panko.storage.sql.session.retry import Retry
from panko.storage.sql.session.url import normalise
from panko.storage.sql.settings import READS, WRITES, ConnectionSettings
from panko.storage.sql.writing.expired import Expired
from panko.storage.sql.writing.expiry import Expiry
from panko.storage.sql.writing.group_commit import Gathering
from panko.storage.sql.writing.writer import Writer

if TYPE_CHECKING:
    from sqlalchemy.pool import QueuePool

TRIVIAL = select(literal(1))
REVISION = text("SELECT version_num FROM alembic_version")


class SQLConnection:
    """A store of events in MariaDB, MySQL, PostgreSQL or SQLite. Opens nothing before it is needed.

    What is done beside requests has a connection of its own, from `beside`, so that none of them waits for it.
    """

    def __init__(self, engine: Engine, settings: ConnectionSettings, *, beside: Engine) -> None:
        self._engine, self._beside = engine, beside
        self._is_disposed = False
        self._reading = reading = engine.execution_options(**{READS: True})
        self._retry = retry = Retry(settings.retry_tries, settings.retry_deadline_seconds)
        writing = engine.execution_options(**{WRITES: True})
        shapes = Shapes()
        limits = Limits(settings.rare_limit, settings.max_page_bytes)
        self._reader = Reader(reading, retry, limits, Show.compile(engine.dialect), shapes=shapes)
        self._searcher = Searcher(self._reader)
        self._looking = Looking(reading, retry)
        self._counter = EventCounter(reading, settings.rare_limit)
        looks, settles = beside.execution_options(**{READS: True}), beside.execution_options(**{WRITES: True})
        self._settling = Settling(looks, settles, retry)
        self._writer = Writer(writing, retry, shapes=shapes)
        self._gathering = Gathering(self._writer.store)
        self._catalogue = Catalogue(reading, retry)
        self._expiry = Expiry(writing, retry)
        self._expired = Expired(reading, retry, settings.max_page_bytes, shapes)

    def record_events(self, events: Sequence[Event]) -> Recorded:
        """Store all events or none, and return after COMMIT."""
        return self._gathering.record(events)

    def get_events(self, event_filter: EventFilter, page: Page) -> Sequence[Event]:
        """Return one page."""
        return self._reader.get_events(event_filter, page)

    def search_events(
        self, event_filter: EventFilter, page: Page, *, seconds: float, width: timedelta | None = None
    ) -> Found:
        """Return one page, or as much of it as is found within some seconds."""
        return self._searcher.search(event_filter, page, seconds=seconds, width=width)

    def ends(self, *, until: datetime) -> Ends:
        """Return where events begin and end."""
        return self._looking.ends(until)

    def freshness(self, *, until: datetime, seconds: float) -> Freshness:
        """Return the ends, and the same of each event type."""
        return self._looking.freshness(until, seconds)

    def count_events(self, event_filter: EventFilter, grouping: Grouping, *, seconds: float) -> Counts:
        """Count the events of a filter within some seconds, in groups."""
        return self._counter.count(event_filter, grouping, seconds=seconds)

    def count_values(
        self, event_filter: EventFilter, fields: Sequence[Field], *, most: int, keys: Keys | None, seconds: float
    ) -> Sequence[Counts | None]:
        """Count the events of a filter by each of some fields, `most` values of it."""
        return self._counter.count_values(event_filter, fields, most=most, keys=keys, seconds=seconds)

    def settle_counts(self) -> bool:
        """Do a step of keeping counts where one is due; tell whether another one is due at once."""
        try:
            return not self._is_disposed and self._settling.step()
        finally:
            self._beside.dispose()  # nobody has it open until the next one

    def get_event_types(self) -> Iterator[str]:
        """Yield every event type, sorted."""
        return self._catalogue.event_types()

    def get_trait_types(self, event_type: str) -> Iterator[tuple[str, TraitType]]:
        """Yield the distinct (name, type) of the traits of an event type."""
        return self._catalogue.trait_types(event_type)

    def get_traits(self, event_type: str, name: str) -> Iterator[Trait]:
        """Yield every trait of this name of the events of a type."""
        return self._catalogue.traits(event_type, name)

    def expire(self, *, older_than: datetime, batch_size: int) -> int:
        """Delete at most `batch_size` events in one short transaction and return how many."""
        return self._expiry.expire(older_than, batch_size)

    def expired(self, *, older_than: datetime) -> Iterator[ExpiredEvent]:
        """Yield the events generated before `older_than`, the oldest first."""
        return self._expired.read(older_than)

    def remove(self, events: Sequence[tuple[int, str]]) -> int:
        """Delete the events of these ids that still have these message_ids, and return how many."""
        return self._expiry.remove(events)

    def forget_unused(self, *, older_than: datetime, batch_size: int) -> None:
        """Delete what was known of types and names of which no event is left."""
        self._expiry.forget_unused(older_than, batch_size)

    def count_expired(self, *, older_than: datetime) -> int:
        """Return how many events were generated before `older_than`."""
        return self._expiry.count(older_than)

    def statements_of_others(self) -> int:
        """Return how many statements others have sent to the database; always 0 where it does not tell."""
        statements_of_others = engines.of(self._engine.dialect).statements_of_others
        return self._retry.read(self._reading, statements_of_others)

    def check(self) -> None:
        """Return when the database answers a trivial statement; a connection that broke meanwhile is replaced."""
        Retry(tries=2, deadline_seconds=1).read(self._reading, lambda connection: connection.execute(TRIVIAL))

    def check_writing(self) -> None:
        """Return when the database takes an event, which is not kept."""
        self._writer.check()

    def revision(self) -> str | None:
        """Return the revision of the schema; one try."""
        found: str | None = Retry(tries=1, deadline_seconds=0).read(
            self._reading, lambda connection: connection.execute(REVISION).scalar()
        )
        return found

    def pool(self) -> Pool:
        """Tell how the connections of this process are used."""
        pool = cast("QueuePool", self._engine.pool)
        return Pool(size=pool.size(), in_use=pool.checkedout())

    def dispose(self) -> None:
        """Close every connection to the database."""
        self._is_disposed = True
        self._engine.dispose()
        self._beside.dispose()


def connect(url: str, settings: ConnectionSettings) -> SQLConnection:
    """Make a Connection; raise ConfigurationError when the URL cannot be used."""
    made, alone = normalise(url), dataclasses.replace(settings, pool_size=1)
    return SQLConnection(make_engine(made, settings), settings, beside=make_engine(made, alone))
