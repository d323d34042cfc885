"""One open connection to a RabbitMQ: messages come in, are acknowledged, and are set aside. Used by one thread."""

import contextlib
import functools
import socket
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import amqp

from panko.collector.broker import queues
from panko.collector.broker.address import Address, Host
from panko.collector.broker.dead_letters import DeadLetters
from panko.collector.broker.received import COMPRESSION, letter_of
from panko.collector.letters import Letter, Refusal
from panko.collector.settings import Settings

CONNECT_SECONDS = 5
ANSWER_SECONDS = 15  # for what RabbitMQ answers to
TICK_SECONDS = 1.0
FRAMES = 300  # of a hundred messages, after which one looks after everything else
PERSISTENT = 2
REASON, DETAIL, QUEUE, AT = "x-panko-reason", "x-panko-detail", "x-panko-queue", "x-panko-at"


class Session:
    """Opened by `open_session`; every method raises what the library or the socket raises, and it is over then."""

    def __init__(self, connection: Any, *, dead_letter_queue: str) -> None:
        self.connection = connection
        self._dead_letter_queue = dead_letter_queue
        self._consuming: Any = None
        self._dead_letters: DeadLetters | None = None
        self._ticked = time.monotonic()

    @property
    def is_consuming(self) -> bool:
        """Tell whether messages come."""
        return self._consuming is not None

    def consume(self, names: list[str], receive: Callable[[Letter], None], *, prefetch: int) -> None:
        """Have messages of these queues come by a new channel; `receive` is called while one waits.

        So many of each queue come that are not acknowledged.
        """
        self._consuming = channel = open_channel(self.connection)
        channel.basic_qos(0, prefetch, False)  # of each consumer: quorum queues know no other
        for name in names:
            channel.basic_consume(name, callback=functools.partial(_received, receive, name))

    def release(self) -> None:
        """Let everything that is not acknowledged go back to its queue, and nothing come any more."""
        if self._consuming is not None:
            channel, self._consuming = self._consuming, None
            channel.close()

    def wait(self, seconds: float) -> None:
        """Let messages come for some time at most, and keep the heartbeat."""
        deadline = time.monotonic() + seconds
        with contextlib.suppress(TimeoutError):
            for _ in range(FRAMES):
                self.connection.drain_events(timeout=seconds)
                if time.monotonic() >= deadline:
                    break
        self._tick()

    def _tick(self) -> None:
        now = time.monotonic()
        if now - self._ticked >= TICK_SECONDS:
            self._ticked = now
            self.connection.heartbeat_tick()

    def acknowledge(self, tag: int) -> None:
        """Acknowledge a message, and all that came before it."""
        self._consuming.basic_ack(tag, multiple=True)

    def bury(self, refusals: Sequence[Refusal], goes_on: Callable[[], bool]) -> bool:
        """Put messages into the queue of dead letters; see `DeadLetters.put`."""
        if self._dead_letters is None:
            self._dead_letters = DeadLetters(open_channel(self.connection), self._publish, self._drain)
        return self._dead_letters.put(refusals, goes_on)

    def _publish(self, channel: Any, refusal: Refusal) -> None:
        letter = refusal.letter
        message = amqp.Message(
            letter.body,
            content_type=letter.content_type,
            delivery_mode=PERSISTENT,
            application_headers={
                REASON: refusal.reason.value,
                DETAIL: refusal.detail,
                QUEUE: letter.queue,
                AT: datetime.now(UTC).isoformat(timespec="seconds"),
                **({COMPRESSION: letter.compression} if letter.compression else {}),
            },
        )
        channel.basic_publish(message, "", self._dead_letter_queue, mandatory=True)

    def _drain(self) -> None:
        with contextlib.suppress(TimeoutError):
            self.connection.drain_events(timeout=TICK_SECONDS)
        self._tick()

    def close(self) -> None:
        """Say goodbye, for some seconds at most. What is not acknowledged goes back to its queue."""
        with contextlib.suppress(Exception):  # it may be broken already
            self.connection.sock.settimeout(CONNECT_SECONDS)
            self.connection.close()
        with contextlib.suppress(Exception):  # as above
            self.connection.collect()


def open_session(address: Address, settings: Settings, host: Host, progress: Callable[[], None]) -> Session:
    """Connect, and declare what there has to be; tell of progress."""
    connection = connect(address, host)
    session = Session(connection, dead_letter_queue=settings.dead_letter_queue)
    try:
        queues.declare(connection, address, settings, progress=progress)
    except BaseException:
        session.close()
        raise
    return session


def connect(address: Address, host: Host) -> Any:
    """Open a connection; nothing on it waits for longer than some seconds, but `drain_events`, which is told."""
    # A server proves its name too, also where the system's authorities are asked, other than with oslo.messaging.
    tls = False if address.tls is None else dict(address.tls) | {"server_hostname": host.name}
    connection = amqp.Connection(
        host=host.address,
        userid=host.username,
        password=host.password,
        login_method=address.login_method,
        virtual_host=address.virtual_host,
        ssl=tls,
        connect_timeout=CONNECT_SECONDS,
        heartbeat=address.heartbeat_seconds,
        read_timeout=ANSWER_SECONDS,
        write_timeout=ANSWER_SECONDS,
        client_properties={"connection_name": f"panko-collector@{socket.gethostname()}"},
    )
    try:
        connection.connect()
    except BaseException:
        connection.collect()
        raise
    return connection


def open_channel(connection: Any) -> Any:
    """Open a channel that hands bodies over as they came: decoding one is not for the library."""
    channel = connection.channel()
    channel.auto_decode = False
    return channel


def _received(receive: Callable[[Letter], None], queue: str, message: Any) -> None:
    receive(letter_of(message, queue))
