"""The dispatcher `panko`: it is handed serialized events, and stores them as `panko://` does."""

from typing import Any

from panko.publisher.database import DatabasePublisher


class DatabaseDispatcher:
    """Made with the configuration of ceilometer, which says nothing about Panko's database."""

    def __init__(self, conf: Any) -> None:
        self._publisher = DatabasePublisher(conf)

    def record_events(self, events: Any) -> None:
        """Store one event or a list of them, as dicts, and return after COMMIT."""
        self._publisher.publish_events(events)
