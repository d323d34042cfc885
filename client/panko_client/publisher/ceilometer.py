"""`panko-api://` in ceilometer's event_pipeline.yaml: the agent posts to the API that Keystone's catalogue names."""

import logging
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from panko_client.delivery import Post
from panko_client.errors import InputError, PankoClientError, UnreachableError
from panko_client.event import encoded
from panko_client.patience import Backoff
from panko_client.publisher import options as line
from panko_client.publisher.disk import DiskQueue
from panko_client.publisher.endpoint import Endpoint
from panko_client.publisher.options import Options
from panko_client.publisher.queue import MemoryQueue, Queue
from panko_client.publisher.refused import Refused
from panko_client.publisher.sending import Pace, Sending

LOG = logging.getLogger(__name__)


class Serializable(Protocol):
    """An event of ceilometer, `ceilometer.event.models.Event`."""

    def serialize(self) -> Mapping[str, Any]:
        """Return what is posted."""


class ApiPublisher:
    """Ceilometer makes one for each publisher line, with its own configuration and the parsed line."""

    def __init__(
        self,
        conf: Any,
        parsed_url: Any,
        *,
        endpoint: Callable[[Any, Options], Post] = Endpoint,
        pace: Pace | None = None,
    ) -> None:
        self._broken: PankoClientError | None = None
        try:
            self._open(conf, line.read(parsed_url), endpoint, pace=pace)
        except InputError as error:
            # Ceilometer would go on without a publisher that raises here, and lose every event.
            self._broken = error
            LOG.error("panko-api:// stores nothing: %s", error)  # noqa: TRY400 - a traceback tells no more
        _tell_what_to_correct(conf)

    def publish_events(self, events: Any) -> None:
        """Keep one event or a list until the API has them. Return when they are stored, or safe on disk.

        Raise when they are neither, so that ceilometer gives the notification back to the message bus.
        """
        if self._broken is not None:
            raise self._broken
        bodies = [body for body in map(self._body, events if isinstance(events, Sequence) else [events]) if body]
        if bodies:
            self._receipts.expect(self._queue, bodies, wake=self._sending.wake)

    def publish_samples(self, _samples: Any) -> None:
        """Refuse samples."""
        raise NotImplementedError("panko-api:// takes events only: name it in event_pipeline.yaml.")

    def close(self, seconds: float = 5.0) -> None:
        """End; what is on disk is sent by the next."""
        self._sending.stop(seconds)
        self._queue.close()

    def _open(
        self, conf: Any, options: Options, endpoint: Callable[[Any, Options], Post], *, pace: Pace | None
    ) -> None:
        folder = Path(options.path) if options.path else None
        self._queue: Queue = DiskQueue(folder, options.max_queue) if folder else MemoryQueue(options.max_queue)
        self._refused = Refused(folder)
        self._receipts = Receipts(options.wait_seconds)
        self._sending = Sending(
            self._queue,
            endpoint(conf, options),
            refused=self._refused,
            pace=pace or Pace(options.batch, Backoff(longest_seconds=options.max_pause)),
            settled=self._receipts.settle,
        )
        self._sending.start()

    def _body(self, event: Serializable | Mapping[str, Any]) -> bytes | None:
        """Return what is posted for an event; name one that is none in the log."""
        try:
            return encoded(event if isinstance(event, Mapping) else event.serialize())
        except Exception as error:  # noqa: BLE001 - it would come back for ever if its error were passed on
            name = event.get("message_id") if isinstance(event, Mapping) else getattr(event, "message_id", None)
            LOG.error("Event %a is dropped, it can never be stored: %s", name, error)  # noqa: TRY400 - one line
            return None


class Receipts:
    """Who waits for which events. With no time to wait, nobody does."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._changed = threading.Condition()
        self._waiting: set[int] = set()

    def expect(self, queue: Queue, bodies: Sequence[bytes], *, wake: Callable[[], None]) -> None:
        """Put events into a queue, and return when they are settled. Take them out and raise when it takes long."""
        with self._changed:
            numbers = set(queue.add(bodies))
            wake()
            if not self._seconds:
                return
            self._waiting |= numbers
            settled = self._changed.wait_for(lambda: not numbers & self._waiting, self._seconds)
            late = numbers & self._waiting
            self._waiting -= late
        if not settled:
            queue.remove(late)  # the message bus has them: here they would only take room
            raise UnreachableError(f"{len(late)} events were not stored within {self._seconds:g} seconds.")

    def settle(self, numbers: Collection[int]) -> None:
        """Tell of events of which is known what became of them."""
        with self._changed:
            if not self._waiting.isdisjoint(numbers):
                self._waiting.difference_update(numbers)
                self._changed.notify_all()


def _tell_what_to_correct(conf: Any) -> None:
    if getattr(getattr(conf, "notification", None), "ack_on_event_error", False):
        LOG.warning(
            "What does not fit into the queue of panko-api:// is lost in a long outage; set [notification] "
            "ack_on_event_error = false in ceilometer.conf, and it waits in the message bus."
        )
