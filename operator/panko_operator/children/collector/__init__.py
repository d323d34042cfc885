"""The pods that collect notifications from RabbitMQ, their configuration, and how many of them there are. Pure."""
