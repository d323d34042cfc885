"""A Connection that keeps events in memory, and can be made to fail as a database does."""

import operator
from collections.abc import Iterator, Sequence
from datetime import datetime

from event_model import oracle
from panko.errors import EventConflictError, MarkerNotFoundError, StorageUnavailableError
from panko.event import Event, Trait, TraitType
from panko.filters import EventFilter, Page
from panko.storage import Pool, Recorded


class MemoryConnection:
    """Everything that the API needs of a Connection. `outage` is the reason why it fails, while it is set."""

    def __init__(self) -> None:
        self.events: dict[str, Event] = {}
        self.outage: str | None = None
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
        return [event for event in found if oracle.holds(event, event_filter.expression, oracle.exact)][: page.limit]

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

    def count_expired(self, *, older_than: datetime) -> int:
        self._answer()
        return sum(event.generated < older_than for event in self.events.values())

    def statements_of_others(self) -> int:
        self._answer()
        return 0

    def check(self) -> None:
        self._answer()

    def revision(self) -> str | None:
        self._answer()
        return "0002"

    def pool(self) -> Pool:
        return Pool(size=4, in_use=1)

    def dispose(self) -> None:
        self.disposed = True
