"""Connects to each RabbitMQ and goes once through its dead letters; what is not taken goes back to its place."""

import contextlib
import threading
from collections.abc import Iterator, Sequence

import amqp
from oslo_config import cfg

from panko.collector.broker import session
from panko.collector.broker.address import Address
from panko.collector.broker.dead_letters import NotConfirmedError
from panko.collector.broker.received import letter_of
from panko.collector.broker.session import Session
from panko.collector.letters import Letter, Refusal
from panko.collector.patience import Clock
from panko.collector.replay.passing import Counting, Replay, Replayed, Wanted
from panko.collector.service import Plan
from panko.collector.storing import Storing
from panko.errors import PankoError
from panko.storage import Connection
from panko.storage.opening import connect


class BrokerUnavailableError(PankoError):
    """A RabbitMQ does not answer."""


def replay(conf: cfg.ConfigOpts, wanted: Wanted) -> Replayed:
    """Go through the dead letters of every RabbitMQ. Raise PankoError; what is stored by then has left the queue."""
    plan = Plan.of(conf)
    connection = connect(conf)
    done = Replayed()
    try:
        for place in plan.addresses:
            _of_broker(plan, place, wanted, connection=connection, done=done)
    finally:
        connection.dispose()
    return done


def _of_broker(plan: Plan, place: Address, wanted: Wanted, *, connection: Connection, done: Replayed) -> None:
    storing = Storing(connection, Clock(threading.Event()), Counting(done), hold_seconds=0)
    try:
        with _opened(plan, place) as opened:
            queue = _DeadLetterQueue(opened, plan.settings.dead_letter_queue)
            Replay(queue, wanted, intake=plan.intake, storing=storing, done=done).run()
    except amqp.exceptions.NotFound:  # nothing was ever set aside
        return
    except (OSError, NotConfirmedError, amqp.exceptions.AMQPError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise BrokerUnavailableError(
            f"RabbitMQ {place.name} cannot be used ({reason}). Nothing is lost; start again when it answers."
        ) from error


@contextlib.contextmanager
def _opened(plan: Plan, place: Address) -> Iterator[Session]:
    """Connect to the first host that answers, and to no queue."""
    *others, last = place.hosts
    for host in others:
        with contextlib.suppress(OSError, amqp.exceptions.AMQPError):
            connection = session.connect(place, host)
            break
    else:
        connection = session.connect(place, last)
    opened = Session(connection, dead_letter_queue=plan.settings.dead_letter_queue)
    try:
        yield opened
    finally:
        opened.close()


class _DeadLetterQueue:
    """The queue, by a channel of its own."""

    def __init__(self, opened: Session, name: str) -> None:
        self._session = opened
        self._name = name
        self._channel = session.open_channel(opened.connection)

    def letters(self) -> Iterator[tuple[str, Letter]]:
        """Yield as many as there are now: what is set aside meanwhile is not met again."""
        _name, count, _consumers = self._channel.queue_declare(self._name, passive=True)
        for _ in range(count):
            message = self._channel.basic_get(self._name)
            if message is None:
                return
            headers = message.headers or {}
            yield str(headers.get(session.REASON)), letter_of(message, str(headers.get(session.QUEUE)))

    def acknowledge(self, letter: Letter) -> None:
        """Take one out."""
        self._channel.basic_ack(letter.tag)

    def bury(self, refusals: Sequence[Refusal]) -> None:
        """Add some to its end, and return when RabbitMQ has them."""
        if refusals:
            self._session.bury(refusals, lambda: True)
