"""Exchanges, queues and their bindings, as oslo.messaging declares them; what is there already is taken as it is."""

from collections.abc import Callable, Mapping
from typing import Any

import amqp

from panko.collector.broker.address import DELIVERY_LIMIT, Address
from panko.collector.settings import Settings

# What RabbitMQ says of something that exists in another form, or that this account may not make.
EXISTS = (amqp.exceptions.PreconditionFailed, amqp.exceptions.AccessRefused, amqp.exceptions.ResourceLocked)


def declare(connection: Any, address: Address, settings: Settings, *, progress: Callable[[], None]) -> None:
    """Declare everything that is consumed from and written to. Raise what RabbitMQ says where that is not possible."""
    declaring = _Declaring(connection, progress)
    for exchange in settings.exchanges:
        declaring.exchange(exchange, durable=address.durable, auto_delete=address.auto_delete)
    for queue in settings.queues:
        declaring.queue(queue, address.queue_arguments, durable=address.durable, auto_delete=address.auto_delete)
        for exchange in settings.exchanges:
            progress()
            declaring.channel.queue_bind(queue, exchange, routing_key=queue)
    # The queue of dead letters outlives RabbitMQ, whatever the others do.
    arguments = address.dead_letter_arguments(str(connection.server_properties.get("version", "")))
    try:
        declaring.queue(settings.dead_letter_queue, arguments, durable=True, auto_delete=False)
    except amqp.exceptions.NotFound:  # refused, and not because it is there: by a policy against no limit, say
        declaring = _Declaring(connection, progress)
        arguments.pop(DELIVERY_LIMIT, None)
        declaring.queue(settings.dead_letter_queue, arguments, durable=True, auto_delete=False)
    declaring.channel.close()


class _Declaring:
    """A channel to declare by; RabbitMQ closes it when it refuses, and then there is another."""

    def __init__(self, connection: Any, progress: Callable[[], None]) -> None:
        self._connection = connection
        self._progress = progress
        self.channel = connection.channel()

    def exchange(self, name: str, *, durable: bool, auto_delete: bool) -> None:
        """Declare an exchange of topics."""
        self._do("exchange_declare", name, type="topic", durable=durable, auto_delete=auto_delete)

    def queue(self, name: str, arguments: Mapping[str, Any], *, durable: bool, auto_delete: bool) -> None:
        """Declare a queue."""
        self._do("queue_declare", name, durable=durable, auto_delete=auto_delete, arguments=dict(arguments))

    def _do(self, method: str, name: str, **arguments: Any) -> None:
        """Declare, or see whether it is there in another form."""
        self._progress()
        try:
            getattr(self.channel, method)(name, **arguments)
        except EXISTS:
            self.channel = self._connection.channel()
            getattr(self.channel, method)(name, **arguments, passive=True)
