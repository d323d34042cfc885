"""The event API for Python programs.

session = keystoneauth1.session.Session(auth=…)
client = EventClient(keystoneauth1.adapter.Adapter(session, service_type="event"))
for event in client.list(event_type="compute.instance.create.end", since=yesterday):
    …
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from keystoneauth1.adapter import Adapter
from keystoneauth1.session import Session

from panko_client.delivery import BATCH_EVENTS, Stored, answered, batches, joined
from panko_client.errors import UnexpectedAnswerError
from panko_client.event import Event, Trait, TraitDescription, encoded
from panko_client.following import Following, Pace
from panko_client.patience import Patience
from panko_client.query import Filter, Query, query
from panko_client.reading import PAGE_SIZE, PATH, Reading
from panko_client.searching import Searching
from panko_client.transport import TIMEOUT_SECONDS, Transport, adapter_of


@dataclass(frozen=True, slots=True)
class _Encoded:
    body: bytes


class EventClient:
    """Asks and stores. Requests that fail by what may heal are tried again for as long as `patience` says.

    All of them may be: storing is idempotent by message_id. Errors are those of `panko_client.errors`.
    """

    def __init__(
        self, adapter: Adapter, *, patience: Patience | None = None, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self._patience = patience or Patience()
        self._transport = Transport(adapter, timeout_seconds=timeout_seconds)
        self._reading = Reading(self._transport, self._patience)

    @classmethod
    def of_session(
        cls,
        session: Session,
        *,
        region: str | None = None,
        interface: str | None = "public",
        patience: Patience | None = None,
    ) -> "EventClient":
        """Make a client that finds its endpoint in the catalogue of a keystoneauth session."""
        return cls(adapter_of(session, region=region, interface=interface), patience=patience)

    def list(  # noqa: PLR0913 - what can be asked for, by keyword
        self,
        *filters: Filter,
        event_type: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        all_tenants: bool = False,
        sort: Sequence[str] = (),
        limit: int | None = None,
        marker: str | None = None,
        page_size: int = PAGE_SIZE,
    ) -> Iterator[Event]:
        """Yield events, `limit` at most; a page is fetched when it is wanted. `marker` is the last event seen."""
        wanted = query(*filters, event_type=event_type, since=since, until=until, all_tenants=all_tenants, sort=sort)
        found = self._reading.documents(wanted, limit=limit, marker=marker, page_size=page_size)
        return (Event.shown(one) for one in found)

    def page(self, wanted: Query, *, limit: int | None = None, marker: str | None = None) -> "Sequence[dict[str, Any]]":
        """Return one page as the API shows it, of the server's own length without a limit."""
        return [dict(one) for one in self._reading.page(wanted, limit=limit, marker=marker)]

    def documents(
        self, wanted: Query, *, limit: int | None = None, marker: str | None = None
    ) -> Iterator[Mapping[str, Any]]:
        """Yield events as the API shows them, over as many pages as it takes."""
        return self._reading.documents(wanted, limit=limit, marker=marker)

    def show(self, message_id: str) -> Event:
        """Return one event. Raise NotFoundError when there is none for this caller."""
        return Event.shown(self.document(message_id))

    def document(self, message_id: str) -> Mapping[str, Any]:
        """Return one event as the API shows it."""
        return _object(self._reading.get(f"{PATH}/{quote(message_id, safe='')}"))

    def create(self, *events: Event | Mapping[str, Any], batch_events: int = BATCH_EVENTS) -> Stored:
        """Store events, a batch after the other; each batch whole or not at all. A dictionary is what is posted."""
        return self.create_all(events, batch_events=batch_events)

    def create_all(self, events: Iterable[Event | Mapping[str, Any]], *, batch_events: int = BATCH_EVENTS) -> Stored:
        """Store any number of events, a batch after the other; each batch whole or not at all."""
        created = duplicates = 0
        for batch in batches((_Encoded(encoded(one)) for one in events), batch_events):
            stored = answered(self.post(joined(batch)))
            created, duplicates = created + stored.created, duplicates + stored.duplicates
        return Stored(created, duplicates)

    def post(self, body: bytes) -> Any:
        """Post a list of events that is JSON already, and return the answer's document."""
        return self._patience.retry(lambda: self._transport.post(PATH, body))

    def follow(
        self,
        *filters: Filter,
        since: datetime | None = None,
        event_type: str | None = None,
        all_tenants: bool = False,
        pace: Pace | None = None,
    ) -> Iterator[Event]:
        """Yield events as they arrive, for ever and each once, from `since` (now) on.

        An expired token is renewed, and an outage waited for. An event that is stored later than the pace's overlap
        after it was generated is not seen.
        """
        following = Following(
            self._reading,
            query(*filters, event_type=event_type, all_tenants=all_tenants),
            since=since or self._patience.clock.now(),
            pace=pace or Pace(),
            clock=self._patience.clock,
        )
        return (Event.shown(one) for one in following.documents())

    @property
    def searching(self) -> Searching:
        """Searches beside v2, where `capabilities` tells of them."""
        return Searching(self._reading, self._patience.clock)

    def event_types(self) -> Sequence[str]:
        """Return the types that there are; for admins."""
        return [str(one) for one in _list(self._reading.get("/v2/event_types"))]

    def trait_descriptions(self, event_type: str) -> Sequence[TraitDescription]:
        """Return the names and types of an event type's traits; for admins."""
        found = _list(self._reading.get(f"/v2/event_types/{quote(event_type, safe='')}/traits"))
        return [TraitDescription(str(one["name"]), str(one["type"])) for one in found]

    def traits(self, event_type: str, name: str) -> Sequence[Trait]:
        """Return every trait of a name that events of a type have; for admins."""
        return [Trait.shown(one) for one in self.trait_documents(event_type, name)]

    def trait_documents(self, event_type: str, name: str) -> Sequence[Mapping[str, Any]]:
        """Return them as the API shows them."""
        path = f"/v2/event_types/{quote(event_type, safe='')}/traits/{quote(name, safe='')}"
        return _list(self._reading.get(path))

    def capabilities(self) -> Mapping[str, Any]:
        """Return what this installation can do."""
        return _object(self._reading.get("/v2/capabilities"))


def _list(found: Any) -> Sequence[Any]:
    if not isinstance(found, list):
        raise UnexpectedAnswerError("The answer is no list; is this the event API?")
    return found


def _object(found: Any) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise UnexpectedAnswerError("The answer is no object; is this the event API?")
    return found
