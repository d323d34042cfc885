"""A Connection that keeps events in memory, and can be made to fail as a database does."""

import dataclasses
import operator
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from event_model import oracle
from panko.api.messages import serialize
from panko.errors import EventConflictError, MarkerNotFoundError, StorageUnavailableError, TooSlowError
from panko.event import Event, Trait, TraitType
from panko.filters import EventFilter, Page, Position
from panko.filters.counting import Field, Grouping, Keys
from panko.storage import Counts, Ends, ExpiredEvent, Found, Freshness, Pool, Recorded, TypeFreshness


class MemoryConnection:
    """Everything that the API needs of a Connection. `outage` is the reason why it fails, while it is set."""

    def __init__(self) -> None:
        self.events: dict[str, Event] = {}
        self.outage: str | None = None
        self.slow_before: datetime | None = None
        self.slow_fields: set[str] = set()
        self.is_cut = False
        self.width: timedelta | None = None
        self.asked: list[tuple[float, timedelta | None]] = []
        self.counted: list[Grouping] = []
        self.disposed = False

    def _answer(self) -> None:
        if self.outage:
            raise StorageUnavailableError(self.outage)

    def record_events(self, events: Sequence[Event]) -> Recorded:
        self._answer()
        conflicts = [e.message_id for e in events if self.events.get(e.message_id, e) != e]
        if conflicts:
            raise EventConflictError(conflicts)
        new = {event.message_id: event for event in events if event.message_id not in self.events}
        self.events |= new
        return Recorded(created=len(new), duplicates=len(events) - len(new))

    def get_events(self, event_filter: EventFilter, page: Page) -> list[Event]:
        self._answer()
        found = [event for event in self.events.values() if oracle.is_visible(event, event_filter.scope)]
        for key in reversed(page.sort):
            found.sort(key=operator.attrgetter(key.field.value), reverse=key.descending)
        if page.marker:
            ids = [event.message_id for event in found]
            if page.marker not in ids:
                raise MarkerNotFoundError(page.marker)
            found = found[ids.index(page.marker) + 1 :]
        if page.after:
            place, down = (page.after.generated, page.after.message_id), page.sort[0].descending
            found = [e for e in found if (e.generated, e.message_id) != place]
            found = [e for e in found if ((e.generated, e.message_id) < place) == down]
        return [event for event in found if oracle.holds(event, event_filter.expression, oracle.exact)][: page.limit]

    def search_events(
        self, event_filter: EventFilter, page: Page, *, seconds: float, width: timedelta | None = None
    ) -> Found:
        """As get_events; `slow_before` is a moment before which it never gets in time. A page tells `self.width`."""
        assert seconds > 0
        self.asked.append((seconds, width))
        found = self.get_events(event_filter, dataclasses.replace(page, limit=len(self.events) + 1))
        reached = self.slow_before
        if reached is not None:
            if not found or not page.sort[0].descending or found[0].generated < reached:
                raise TooSlowError("The search did not end in time.")
            found = [event for event in found if event.generated >= reached]
        kept = found[: page.limit]
        if len(found) > page.limit:
            return Found(kept, Position(kept[-1].generated, kept[-1].message_id), width=self.width)
        return Found(kept) if reached is None else Found(kept, Position(reached, ""), reached)

    def ends(self, *, until: datetime) -> Ends:
        self._answer()
        times = [event.generated for event in self.events.values() if event.generated]
        past = [time for time in times if time <= until]
        return Ends(max(past, default=None), min(times, default=None), len(self.events) or None)

    def freshness(self, *, until: datetime, seconds: float) -> Freshness:
        assert seconds > 0
        recent = timedelta(minutes=5)
        times: dict[str, list[datetime]] = {}
        for event in self.events.values():
            if event.generated and event.generated <= until:
                times.setdefault(event.event_type, []).append(event.generated)
        types = {
            name: TypeFreshness(max(some), sum(time > until - recent for time in some)) for name, some in times.items()
        }
        return Freshness(self.ends(until=until), types, recent)

    def count_events(self, event_filter: EventFilter, grouping: Grouping, *, seconds: float) -> Counts:
        """Count as the oracle does; `slow_before` is a moment before which it never gets in time."""
        assert seconds > 0
        self._answer()
        self.counted.append(grouping)
        found = [event for event in self.events.values() if oracle.matches(event, event_filter, oracle.exact)]
        if self.slow_before is None:
            return Counts(oracle.groups(found, grouping, oracle.exact), is_cut=self.is_cut)
        kept = [event for event in found if event.generated >= self.slow_before]
        if not kept:
            raise TooSlowError("The events were not counted in time.")
        return Counts(oracle.groups(kept, grouping, oracle.exact), self.slow_before)

    def count_values(
        self, event_filter: EventFilter, fields: Sequence[Field], *, most: int, keys: Keys | None, seconds: float
    ) -> list[Counts | None]:
        """Count by one field after the other; there is no time for those that `slow_fields` names."""
        found: list[Counts | None] = []
        for field in fields:
            grouping = Grouping(field, most=most, keys=keys)
            is_slow = field.name in self.slow_fields
            found.append(None if is_slow else self.count_events(event_filter, grouping, seconds=seconds))
        return found

    def settle_counts(self) -> bool:
        self._answer()
        return False

    def get_event_types(self) -> Iterator[str]:
        self._answer()
        yield from sorted({event.event_type for event in self.events.values()})

    def get_trait_types(self, event_type: str) -> Iterator[tuple[str, TraitType]]:
        self._answer()
        traits = {(trait.type, trait.name) for trait in self._traits(event_type)}
        yield from ((name, type_) for type_, name in sorted(traits))

    def get_traits(self, event_type: str, name: str) -> Iterator[Trait]:
        self._answer()
        yield from (trait for trait in self._traits(event_type) if trait.name == name)

    def _traits(self, event_type: str) -> Iterator[Trait]:
        for event in self.events.values():
            if event.event_type == event_type:
                yield from event.traits

    def expire(self, *, older_than: datetime, batch_size: int) -> int:
        self._answer()
        old = [event for event in self.events.values() if event.generated < older_than][:batch_size]
        for event in old:
            del self.events[event.message_id]
        return len(old)

    def expired(self, *, older_than: datetime) -> Iterator[ExpiredEvent]:
        self._answer()
        old = [event for event in self.events.values() if event.generated < older_than]
        for event in sorted(old, key=lambda event: (event.generated, event.message_id)):
            traits = [[trait.name, int(trait.type), serialize.trait_value(trait.value)] for trait in event.traits]
            raw, texts = (serialize.dumps(document).decode() for document in (event.raw, traits))
            number = list(self.events).index(event.message_id)
            yield ExpiredEvent(number, event.message_id, event.event_type, event.generated, raw, texts)

    def remove(self, events: Sequence[tuple[int, str]]) -> int:
        self._answer()
        return sum(self.events.pop(message_id, None) is not None for _number, message_id in events)

    def forget_unused(self, *, older_than: datetime, batch_size: int) -> None:  # noqa: ARG002 - nothing is known of types
        self._answer()

    def count_expired(self, *, older_than: datetime) -> int:
        self._answer()
        return sum(event.generated < older_than for event in self.events.values())

    def statements_of_others(self) -> int:
        self._answer()
        return 0

    def check(self) -> None:
        self._answer()

    def check_writing(self) -> None:
        self._answer()

    def revision(self) -> str | None:
        self._answer()
        return "0002"

    def pool(self) -> Pool:
        return Pool(size=4, in_use=1)

    def dispose(self) -> None:
        self.disposed = True
