"""What the port for watchers answers, and who is asked for it."""

import dataclasses
import http
from typing import Protocol

TEXT = "text/plain; charset=utf-8"
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """One answer over HTTP."""

    status: http.HTTPStatus
    content_type: str
    body: bytes


class Pages(Protocol):
    """The pages of one process."""

    def answer(self, path: str) -> Answer:
        """Answer a GET."""

    def note_pool(self) -> None:
        """Do what is due twice a second."""
