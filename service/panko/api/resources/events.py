"""`/v2/events`: a page of events, one event, and where events are stored."""

import dataclasses
from datetime import UTC, datetime
from typing import Any

import falcon

from panko import policies, validation
from panko.api.callers import audit, credentials, writer
from panko.api.callers.credentials import Credentials
from panko.api.callers.enforcer import Enforcer
from panko.api.messages import body, serialize, turns
from panko.api.messages.bounds import Bounds
from panko.asking import v2
from panko.errors import (
    EventConflictError,
    EventNotFoundError,
    ForbiddenError,
    InvalidInputError,
    PankoError,
    StorageUnavailableError,
)
from panko.filters import EventFilter, MessageIdFilter, Page
from panko.literals import why_unstorable
from panko.monitoring.counting import Counting
from panko.storage import Connection, Recorded


@dataclasses.dataclass(frozen=True, slots=True)
class Events:
    """All events."""

    connection: Connection
    enforcer: Enforcer
    bounds: Bounds
    counting: Counting

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
        response.data = turns.joined(serialize.events(page))

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        """Store one event or a list of events: all of them, or none. The answer follows COMMIT."""
        caller = credentials.from_environ(request.env)
        try:
            payload = self._payload(request, caller)
        except (PankoError, falcon.HTTPError):
            audit.refused(request.env, caller, refused=None)
            raise
        recorded = self._record(request, caller, payload)
        response.status = falcon.HTTP_201
        response.data = serialize.dumps({"created": recorded.created, "duplicates": recorded.duplicates})

    def _payload(self, request: falcon.Request, caller: Credentials) -> Any:
        """Return what was sent, by somebody who may send it."""
        if caller.publisher is None:
            self.enforcer.require(policies.CREATE, caller)
        v2.refuse_arguments(body.arguments(request))
        payload = body.read_json(request, self.bounds.max_body_bytes)
        if payload is None:
            raise InvalidInputError("The body is empty; send an event or a list of events, as JSON.")
        return payload

    def _record(self, request: falcon.Request, caller: Credentials, payload: Any) -> Recorded:
        try:
            events = validation.events(
                payload, max_raw_bytes=self.bounds.max_raw_bytes, now=datetime.now(UTC), writer=writer.named(caller)
            )
            caller.require_own(events)
            recorded = self.connection.record_events(events) if events else Recorded(created=0, duplicates=0)
        except (InvalidInputError, EventConflictError, ForbiddenError):
            refused = len(payload) if isinstance(payload, list) else 1
            self.counting.count_events(refused=refused)
            audit.refused(request.env, caller, refused=refused)
            raise
        except StorageUnavailableError:
            audit.unknown(request.env, caller)
            raise
        self.counting.count_events(created=recorded.created, duplicates=recorded.duplicates)
        audit.stored(request.env, caller, created=recorded.created, duplicates=recorded.duplicates)
        return recorded


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """One event."""

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
        response.data = serialize.dumps(serialize.event(found[0]))
