"""`/v2/events`: a page of events, one event, and where events are stored."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import ClassVar

import falcon

from panko import policies, validation
from panko.api.callers import audit, credentials, writer
from panko.api.callers.credentials import Credentials
from panko.api.callers.enforcer import Enforcer
from panko.api.messages import body, media, posted, serialize, turns
from panko.api.messages.bounds import Bounds
from panko.api.messages.cloudevents.mapping import batch, to_cloudevent
from panko.api.messages.posted import Posted
from panko.api.messages.room import Hold, Room
from panko.asking import v2
from panko.errors import (
    BusyError,
    EventConflictError,
    EventNotFoundError,
    ForbiddenError,
    ForbiddenEventsError,
    InvalidEventsError,
    InvalidInputError,
    PankoError,
    RequestTimeoutError,
    StorageUnavailableError,
    UnreadableBodyError,
)
from panko.event import Event as StoredEvent
from panko.filters import EventFilter, MessageIdFilter, Page
from panko.literals import why_unstorable
from panko.monitoring.counting import Counting
from panko.storage import Connection, Recorded

WRITERS: Mapping[str, Callable[[Iterable[StoredEvent]], Iterator[bytes]]] = {
    media.JSON: serialize.events,
    media.CLOUDEVENTS: batch,
    media.LINES[0]: serialize.lines,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Events:
    """All events."""

    offers: ClassVar[Sequence[str]] = (media.CLOUDEVENTS, media.LINES[0])

    connection: Connection
    enforcer: Enforcer
    bounds: Bounds
    counting: Counting
    room: Room

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """List the events that the caller asks for and may see."""
        caller = credentials.from_environ(request.env)
        caller.require_project()
        self.enforcer.require(policies.INDEX, caller)
        admin = self.enforcer.is_admin(caller)
        sent = body.read_json(request, self.bounds.max_body_bytes)
        asked = v2.parse(body.arguments(request), sent, limits=self.bounds.limits, admin=admin)
        event_filter = asked.within(self.enforcer.scope(caller, admin=admin, all_tenants=asked.all_tenants))
        page = self.connection.get_events(event_filter, asked.page)
        response.content_type = request.context.media_type
        response.data = turns.joined(WRITERS[request.context.media_type](page))

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        """Store one event or a list of events: all of them, or none. The answer follows COMMIT."""
        with self.room.request() as hold:
            recorded = self._receive(request, hold)
        response.status = falcon.HTTP_201
        response.data = serialize.dumps({"created": recorded.created, "duplicates": recorded.duplicates})

    def _receive(self, request: falcon.Request, hold: Hold) -> Recorded:
        caller = credentials.from_environ(request.env)
        try:
            sent = self._open(request, caller, hold=hold)
        except (PankoError, falcon.HTTPError):
            audit.refused(request.env, caller, refused=None)
            raise
        return self._record(request, caller, sent)

    def _open(self, request: falcon.Request, caller: Credentials, *, hold: Hold) -> Posted:
        """Return what is sent, by somebody who may send it."""
        if caller.publisher is None:
            self.enforcer.require(policies.CREATE, caller)
        v2.refuse_arguments(body.arguments(request))
        return posted.open_body(request, self.bounds.max_body_bytes, hold=hold)

    def _record(self, request: falcon.Request, caller: Credentials, sent: Posted) -> Recorded:
        try:
            recorded = self._store(caller, sent)
        except (BusyError, UnreadableBodyError, RequestTimeoutError, falcon.HTTPError):
            audit.refused(request.env, caller, refused=None)
            raise
        except (InvalidInputError, EventConflictError, ForbiddenError) as error:
            self.counting.count_events(refused=sent.count)
            audit.refused(request.env, caller, refused=sent.count)
            if isinstance(error, InvalidEventsError | ForbiddenEventsError):
                raise error.at(sent.lines) from error
            raise
        except StorageUnavailableError:
            audit.unknown(request.env, caller)
            raise
        self.counting.count_events(created=recorded.created, duplicates=recorded.duplicates)
        audit.stored(request.env, caller, created=recorded.created, duplicates=recorded.duplicates)
        return recorded

    def _store(self, caller: Credentials, sent: Posted) -> Recorded:
        events = validation.read(
            sent, max_raw_bytes=self.bounds.max_raw_bytes, now=datetime.now(UTC), writer=writer.named(caller)
        )
        caller.require_own(events)
        return self.connection.record_events(events) if events else Recorded(created=0, duplicates=0)


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """One event."""

    offers: ClassVar[Sequence[str]] = (media.CLOUDEVENT,)

    connection: Connection
    enforcer: Enforcer

    def on_get(self, request: falcon.Request, response: falcon.Response, message_id: str) -> None:
        """Show an event that the caller may see."""
        caller = credentials.from_environ(request.env)
        caller.require_project()
        self.enforcer.require(policies.SHOW, caller)
        v2.refuse_arguments(body.arguments(request))
        if why_unstorable(message_id):
            raise EventNotFoundError(ascii(message_id))
        scope = self.enforcer.scope_of_one(caller)
        found = self.connection.get_events(EventFilter(scope, MessageIdFilter(message_id)), Page(limit=1))
        if not found:
            raise EventNotFoundError(message_id)
        is_cloudevent = request.context.media_type == media.CLOUDEVENT
        response.content_type = request.context.media_type
        response.data = serialize.dumps((to_cloudevent if is_cloudevent else serialize.event)(found[0]))
