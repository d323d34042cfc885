"""Events, made of messages: they are read, converted by ceilometer's converter, and looked at."""
