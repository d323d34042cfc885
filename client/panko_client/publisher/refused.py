"""Events that can never be stored: named in the log, and kept in a file when there is a folder for it."""

import json
import logging
import os
from pathlib import Path
from typing import Final

from panko_client.delivery import set_aside
from panko_client.errors import RequestError

LOG = logging.getLogger(__name__)
FILE: Final = "refused.ndjson"
MOST_CHARACTERS: Final = 500


class Refused:
    """Keeps refused events, one a line with the reason. Several processes may write one file."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / FILE if folder else None

    def keep(self, body: bytes, error: RequestError) -> None:
        """Log the event, and write it down; return when it is on disk."""
        LOG.error("Event %s is dropped, it can never be stored: %s", name(body), str(error)[:MOST_CHARACTERS])
        if self._path is None:
            return
        line = json.dumps(set_aside(body, error)) + "\n"
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, line.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def name(body: bytes) -> str:
    """Return what names an event in a log, however broken it is."""
    document = json.loads(body)
    found = document.get("message_id") if isinstance(document, dict) else None
    return ascii(found)[:MOST_CHARACTERS]
