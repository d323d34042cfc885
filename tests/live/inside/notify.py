"""Runs in the client pod: send the notifications on standard input to a RabbitMQ, as nova does; print how many."""

import json
import sys
import uuid

import amqp

EXCHANGE, QUEUE = "nova", "notifications.info"
host, port = sys.argv[1:]
given = json.load(sys.stdin)
with amqp.Connection(host=f"{host}:{port}", userid=given["username"], password=given["password"]) as connection:
    channel = connection.channel()
    # Whoever comes first makes them; these are what oslo.messaging makes.
    channel.exchange_declare(EXCHANGE, "topic", durable=False, auto_delete=False)
    channel.queue_declare(QUEUE, durable=False, auto_delete=False)
    channel.queue_bind(QUEUE, EXCHANGE, QUEUE)
    channel.confirm_select()
    for notification in given["notifications"]:
        context = {f"_context_{name}": value for name, value in notification.pop("ctxt").items()}
        inside = {**notification, **context, "_unique_id": uuid.uuid4().hex}
        body = json.dumps({"oslo.version": "2.0", "oslo.message": json.dumps(inside)})
        message = amqp.Message(body, content_type="application/json", content_encoding="utf-8", delivery_mode=2)
        channel.basic_publish_confirm(message, EXCHANGE, QUEUE)
print(json.dumps(len(given["notifications"])))
