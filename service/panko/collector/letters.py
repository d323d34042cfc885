"""What goes through a collector: a message as it came, and why one is set aside. Pure."""

import dataclasses
import enum

from panko.errors import PankoError

SAMPLES = ".sample"  # the end of the name of a queue of ceilometer's notifier://


class Reason(enum.StrEnum):
    """Why a message cannot be an event; the word stands in its dead letter, and in the figures."""

    UNREADABLE = "unreadable"
    DEFINITION = "definition"
    INVALID = "invalid"
    CONFLICT = "conflict"
    SIGNATURE = "signature"
    REFUSED = "refused"


@dataclasses.dataclass(frozen=True, slots=True)
class Letter:
    """A message of RabbitMQ; `tag` names it on the channel that it came by, `queue` is where it was sent to.

    `body` is as it came: packed, where `compression` names a format.
    """

    tag: int
    queue: str
    body: bytes
    content_type: str = "application/json"
    compression: str | None = None

    @property
    def is_sample(self) -> bool:
        """Tell whether it holds events, by ceilometer's notifier://, and no notification."""
        return self.queue.endswith(SAMPLES)


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """A message that is set aside; `detail` is a sentence for whoever looks at the dead letter, and may quote it."""

    letter: Letter
    reason: Reason
    detail: str


class RefusedError(PankoError):
    """A message cannot be an event."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
