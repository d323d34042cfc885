"""`panko-collector`: takes notifications from RabbitMQ, makes events of them and stores them.

Only `broker` and `making.conversion` import what the extra `panko[collector]` brings, and only `service` and
`replay.command` import those parts: all else is there without it. Nothing of the API is imported.
"""
