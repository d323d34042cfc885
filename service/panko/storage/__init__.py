"""Where events are kept: the protocol that the API and the commands use, and nothing of how it is done.

`connect` in `panko.storage.sql` makes a Connection; only `panko.storage` knows SQL.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from panko.event import Event, Trait, TraitType
from panko.filters import EventFilter, Page, Position
from panko.filters.counting import Field, Grouping, Keys


@dataclasses.dataclass(frozen=True, slots=True)
class Recorded:
    """What became of the events of one `record_events`: `created` new ones, `duplicates` stored before."""

    created: int
    duplicates: int

    def __add__(self, other: "Recorded") -> "Recorded":
        return Recorded(self.created + other.created, self.duplicates + other.duplicates)


@dataclasses.dataclass(frozen=True, slots=True)
class Pool:
    """The connections to the database that one process may have at most, and those that are in use now."""

    size: int
    in_use: int


class ExpiredEvent(NamedTuple):
    """An event that is old enough to go, as text: `raw` and `traits` are JSON, traits as `[name, dtype, value]`.

    `id` is of this database alone.
    """

    id: int
    message_id: str
    event_type: str
    generated: datetime
    raw: str
    traits: str


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """One page of a search, and where it goes on; `next` is None when nothing is left.

    `reached` is how far it looked before its time was over, and None when it looked at all that it had to. `width` is
    how long a range of time was looked at in its time; None where all of it could be looked at at once.
    """

    events: Sequence[Event]
    next: Position | None = None
    reached: datetime | None = None
    width: timedelta | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Ends:
    """When the newest and the oldest event were generated, and the number of the one that was stored last.

    The number grows with each event that is stored, whatever time that says; it is of this database alone.
    """

    newest: datetime | None
    oldest: datetime | None
    number: int | None


@dataclasses.dataclass(frozen=True, slots=True)
class TypeFreshness:
    """When the newest event of a type was generated, and how many of the recent ones are of it."""

    newest: datetime | None
    recent: int


@dataclasses.dataclass(frozen=True, slots=True)
class Freshness:
    """How new what is stored is, as a whole and by event type; `recent` is the time that recent events are of."""

    ends: Ends
    types: Mapping[str, TypeFreshness]
    recent: timedelta


class Group(NamedTuple):
    """How many events have one value, in the span of this number; None where nothing was told apart so.

    The value of an event without a type is None too.
    """

    span: int | None
    value: str | None
    events: int


def largest(groups: Iterable[Group]) -> list[Group]:
    """Order groups: the largest first, and of as many events the same one first whenever it is asked."""
    return sorted(groups, key=lambda group: (-group.events, group.value or "", group.span or 0))


@dataclasses.dataclass(frozen=True, slots=True)
class Counts:
    """Groups of events. `reached` is how far back was looked before the time was over; None when all was.

    `is_cut` says that of some of the time the largest groups alone were read: a group may be missing, or too small.
    """

    groups: Sequence[Group]
    reached: datetime | None = None
    is_cut: bool = False


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

    def search_events(
        self, event_filter: EventFilter, page: Page, *, seconds: float, width: timedelta | None = None
    ) -> Found:
        """Return one page, or as much of it as is found within some seconds; `get_events` finds the same events.

        `width` is what the page before told: what is too slow as a whole is not tried again as a whole.
        Raise TooSlowError when no part of it is found in that time.
        """

    def ends(self, *, until: datetime) -> Ends:
        """Return where events begin and end, by looks into indexes alone.

        What was generated after `until` does not count: a clock that is wrong would hide for long that nothing comes.
        """

    def freshness(self, *, until: datetime, seconds: float) -> Freshness:
        """Return the ends, and the same of each event type; raise TooSlowError where that is not found in time."""

    def count_events(self, event_filter: EventFilter, grouping: Grouping, *, seconds: float) -> Counts:
        """Count the events of a filter within some seconds, in groups; `search_events` finds the same events.

        Groups come with the largest first where only some of them are wanted.
        Raise TooSlowError when no part of them is counted in that time.
        """

    def count_values(
        self, event_filter: EventFilter, fields: Sequence[Field], *, most: int, keys: Keys | None, seconds: float
    ) -> Sequence[Counts | None]:
        """Count the events of a filter by each of some fields, `most` values of it, as `count_events` does.

        It takes less time than to ask for one field after the other; there is None for one that had no time left.
        Raise TooSlowError when no part of them is counted in that time.
        """

    def settle_counts(self) -> bool:
        """Do a bounded step of keeping counts, where one is due; tell whether another one is due at once.

        Any number of processes may call it at any time; `count_events` is exact whether anybody does or not.
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

    def expired(self, *, older_than: datetime) -> Iterator[ExpiredEvent]:
        """Yield the events generated before `older_than` in the order of time, in bounded memory.

        They are read a page at a time, and nothing is held in the database between two pages. What is stored
        meanwhile may be missing.
        """

    def remove(self, events: Sequence[tuple[int, str]]) -> int:
        """Delete the events of these ids that still have these message_ids, in one short transaction.

        Return how many were deleted; others may have deleted the rest.
        """

    def forget_unused(self, *, older_than: datetime, batch_size: int) -> None:
        """Delete what was known of types and names of which no event is left, once none is older."""

    def count_expired(self, *, older_than: datetime) -> int:
        """Return how many events were generated before `older_than`; it looks at each of them."""

    def statements_of_others(self) -> int:
        """Return how many statements others have sent to the database; always 0 where it does not tell."""

    def check(self) -> None:
        """Return when the database answers a trivial statement."""

    def check_writing(self) -> None:
        """Return when the database takes an event; one is inserted, and taken back before the COMMIT."""

    def revision(self) -> str | None:
        """Return the revision of the schema; None when it has none."""

    def pool(self) -> Pool:
        """Tell how the connections of this process are used, without asking the database."""

    def dispose(self) -> None:
        """Close every connection to the database."""
