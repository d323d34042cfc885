"""Notifications from RabbitMQ: what people provide for it, and the pods that collect them."""
