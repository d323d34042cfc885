"""The Connection of `panko.storage` on a SQL database: puts reader, writer, catalogue and expiry together."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, cast

from sqlalchemy import Engine, literal, select, text

from panko.event import Event, Trait, TraitType
from panko.filters import EventFilter, Page
from panko.storage import Pool, Recorded
from panko.storage.sql import engines
from panko.storage.sql.reading.by_id import Show
from panko.storage.sql.reading.catalogue import Catalogue
from panko.storage.sql.reading.reader import Limits, Reader
from panko.storage.sql.session.engine import make_engine
from panko.storage.sql.session.retry import Retry
from panko.storage.sql.session.url import normalise
from panko.storage.sql.settings import READS, WRITES, ConnectionSettings
from panko.storage.sql.writing.expiry import Expiry
from panko.storage.sql.writing.group_commit import Gathering
from panko.storage.sql.writing.writer import Writer

if TYPE_CHECKING:
    from sqlalchemy.pool import QueuePool

TRIVIAL = select(literal(1))
REVISION = text("SELECT version_num FROM alembic_version")


class SQLConnection:
    """A store of events in MariaDB, MySQL, PostgreSQL or SQLite. Opens nothing before it is needed."""

    def __init__(self, engine: Engine, settings: ConnectionSettings) -> None:
        self._engine = engine
        self._reading = reading = engine.execution_options(**{READS: True})
        self._retry = retry = Retry(settings.retry_tries, settings.retry_deadline_seconds)
        writing = engine.execution_options(**{WRITES: True})
        self._reader = Reader(
            reading, retry, Limits(settings.rare_limit, settings.max_page_bytes), Show.compile(engine.dialect)
        )
        self._gathering = Gathering(Writer(writing, retry).store)
        self._catalogue = Catalogue(reading, retry)
        self._expiry = Expiry(writing, retry)

    def record_events(self, events: Sequence[Event]) -> Recorded:
        """Store all events or none, and return after COMMIT."""
        return self._gathering.record(events)

    def get_events(self, event_filter: EventFilter, page: Page) -> Sequence[Event]:
        """Return one page."""
        return self._reader.get_events(event_filter, page)

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
        self._engine.dispose()


def connect(url: str, settings: ConnectionSettings) -> SQLConnection:
    """Make a Connection; raise ConfigurationError when the URL cannot be used."""
    return SQLConnection(make_engine(normalise(url), settings), settings)
