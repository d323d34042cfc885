"""Messages that are set aside by one channel, which RabbitMQ confirms: all of a batch are sent, then waited for."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from panko.collector.letters import Refusal

ANSWER_SECONDS = 15  # in which something has to be confirmed


class NotConfirmedError(Exception):
    """RabbitMQ did not take a dead letter."""


class DeadLetters:
    """`publish` sends one by a channel, and `drain` waits for some time at most for what RabbitMQ says."""

    def __init__(
        self,
        channel: Any,
        publish: Callable[[Any, Refusal], None],
        drain: Callable[[], None],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._channel = channel
        self._publish = publish
        self._drain = drain
        self._now = now
        self._sent = 0
        self._open: set[int] = set()
        self._is_refused = False
        channel.events["basic_ack"].add(self._confirmed)
        channel.events["basic_nack"].add(self._refused)
        channel.confirm_select()

    def put(self, refusals: Sequence[Refusal], goes_on: Callable[[], bool]) -> bool:
        """Return when all are confirmed to be there. `goes_on` is asked between; False when it wants no more."""
        for refusal in refusals:
            if not goes_on():
                return False
            self._publish(self._channel, refusal)
            self._sent += 1
            self._open.add(self._sent)
        return self._wait(goes_on)

    def _wait(self, goes_on: Callable[[], bool]) -> bool:
        deadline = self._now() + ANSWER_SECONDS
        while self._open:
            before = len(self._open)
            if not goes_on():
                return False
            self._drain()
            if self._is_refused:
                raise NotConfirmedError("RabbitMQ refuses a dead letter.")
            if len(self._open) < before:
                deadline = self._now() + ANSWER_SECONDS
            elif self._now() >= deadline:
                raise NotConfirmedError("RabbitMQ confirms no dead letter.")
        return True

    def _confirmed(self, tag: int, multiple: bool) -> None:  # noqa: FBT001 - the library calls it so
        self._open -= {one for one in self._open if one <= tag} if multiple else {tag}

    def _refused(self, _tag: int, _multiple: bool) -> None:  # noqa: FBT001 - as above
        self._is_refused = True
