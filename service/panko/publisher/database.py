"""`panko://` in ceilometer's event_pipeline.yaml: the agent writes into the database that its panko.conf names."""

import logging
from collections.abc import Sequence
from typing import Any

from panko import config
from panko.errors import ConfigurationError, PankoError
from panko.publisher.recording import Patience, Recording, Store
from panko.storage.opening import connect

LOG = logging.getLogger(__name__)
PROGRAM = "panko-publisher"


class DatabasePublisher:
    """Ceilometer makes one for each publisher line, with its own configuration and the parsed line."""

    def __init__(self, conf: Any, _parsed_url: Any = None, *, patience: Patience | None = None) -> None:
        self._recording = Recording(open_store, patience or Patience())
        _tell_what_to_correct(self._recording, conf)

    def publish_events(self, events: Any) -> None:
        """Store one event or a list, and return after COMMIT. Raise when the database stayed away."""
        self._recording.record(events if isinstance(events, Sequence) else [events])


def open_store() -> Store:
    """Return the database that panko.conf names, in ~/.panko, ~, /etc/panko or /etc; connect to nothing yet."""
    conf = config.read([], prog=PROGRAM)
    if config.is_embedded(conf):
        raise ConfigurationError(
            "There is no panko.conf for this agent: write /etc/panko/panko.conf with [database] connection."
        )
    return Store(connect(conf), conf.api.max_raw_size)


def _tell_what_to_correct(recording: Recording, conf: Any) -> None:
    """Log what is wrong when the agent starts. Raise nothing: ceilometer would go on without a publisher, and lose."""
    try:
        recording.store()
    except PankoError as error:
        LOG.error("Events cannot be stored, and are waited with: %s", error)  # noqa: TRY400 - a traceback tells no more
    if getattr(getattr(conf, "notification", None), "ack_on_event_error", False):
        LOG.warning(
            "An outage of the database of more than %d minutes loses events; set [notification] "
            "ack_on_event_error = false in ceilometer.conf, and it loses none.",
            Patience().seconds // 60,
        )
