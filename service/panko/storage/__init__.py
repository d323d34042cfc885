"""Where events are kept: the protocol that the API and the commands use, and nothing of how it is done.

`connect` in `panko.storage.sql` makes a Connection; only `panko.storage` knows SQL.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from panko.event import Event, Trait, TraitType
from panko.filters import EventFilter, Page


@dataclasses.dataclass(frozen=True, slots=True)
class Recorded:
    """What became of the events of one `record_events`: `created` new ones, `duplicates` stored before."""

    created: int
    duplicates: int


@dataclasses.dataclass(frozen=True, slots=True)
class Pool:
    """The connections to the database that one process may have at most, and those that are in use now."""

    size: int
    in_use: int


class Connection(Protocol):
    """A store of events. Safe to use from many threads. Every method may raise StorageUnavailableError."""

    def record_events(self, events: Sequence[Event]) -> Recorded:
        """Store all events or none, and return after COMMIT.

        An event stored already with the same message_id and content is a duplicate, also inside `events`.
        Raise EventConflictError where the content differs; nothing is stored then.
        """

    def get_events(self, event_filter: EventFilter, page: Page) -> Sequence[Event]:
        """Return one page. Traits are sorted by name.

        It holds less than `page.limit` where events are large: only an empty page has none after it.
        Raise MarkerNotFoundError when the marker names no event inside the filter's scope.
        """

    def get_event_types(self) -> Iterator[str]:
        """Yield every event type, sorted."""

    def get_trait_types(self, event_type: str) -> Iterator[tuple[str, TraitType]]:
        """Yield the distinct (name, type) of the traits of an event type, grouped by type, then by name."""

    def get_traits(self, event_type: str, name: str) -> Iterator[Trait]:
        """Yield every trait of this name of the events of a type, grouped by type, in bounded memory."""

    def expire(self, *, older_than: datetime, batch_size: int) -> int:
        """Delete at most `batch_size` events generated before `older_than`, in one short transaction.

        Return how many were deleted; 0 means that none is left.
        """

    def count_expired(self, *, older_than: datetime) -> int:
        """Return how many events were generated before `older_than`; it looks at each of them."""

    def statements_of_others(self) -> int:
        """Return how many statements others have sent to the database; always 0 where it does not tell."""

    def check(self) -> None:
        """Return when the database answers a trivial statement."""

    def revision(self) -> str | None:
        """Return the revision of the schema; None when it has none."""

    def pool(self) -> Pool:
        """Tell how the connections of this process are used, without asking the database."""

    def dispose(self) -> None:
        """Close every connection to the database."""
