"""RabbitMQ: an address, what is declared there, one open connection, and the loop that keeps one.

It speaks AMQP by the library that oslo.messaging uses, and not by its listener: that one rejects what it cannot read,
so that it is lost; keeps back what comes again after its acknowledgement was lost; and acknowledges what came by a
channel on the next one. None of these can be changed from outside.

Only `queues`, `session` and `transport_url` import the libraries.
"""
