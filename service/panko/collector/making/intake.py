"""Makes events of messages: what is read, converted, checked and valid, and why the rest is set aside."""

import dataclasses
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from panko import validation
from panko.collector.letters import Letter, Reason, Refusal, RefusedError
from panko.collector.making import notification
from panko.errors import InvalidInputError
from panko.event import Event
from panko.publisher import wire
from panko.publisher.refusing import why_invalid


@dataclasses.dataclass(slots=True)
class Sorted:
    """The events of some messages, each with the message that it is from, and the messages that are set aside."""

    events: list[Event] = dataclasses.field(default_factory=list)
    letters: list[Letter] = dataclasses.field(default_factory=list)
    refusals: list[Refusal] = dataclasses.field(default_factory=list)
    dropped: int = 0


Document = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Intake:
    """`convert` returns an event as it would be posted, and None for what is to be dropped.

    `check` raises RefusedError for a sample's wrong signature.
    """

    convert: Callable[[notification.Notification], Document | None]
    check: Callable[[Mapping[str, Any]], None]
    max_raw_bytes: int

    def sort(self, letters: Sequence[Letter]) -> Sorted:
        """Make events of messages. What is wrong with one of them is nothing to the others."""
        found, now = Sorted(), datetime.now(UTC)
        for letter in letters:
            refusals = list(self._refusals(found, letter, now))
            found.refusals += refusals[:1]  # a message is set aside once, whatever number of its events is wrong
        return found

    def _refusals(self, found: Sorted, letter: Letter, now: datetime) -> Iterator[Refusal]:
        """Add the events of a message, and yield a refusal for each that is none."""
        try:
            if not letter.is_sample:
                yield from self._add(found, letter, lambda: self.convert(notification.notification(letter)), now=now)
                return
            for sample in notification.samples(letter):
                yield from self._add(found, letter, functools.partial(self._checked, sample), now=now)
        except RefusedError as error:
            yield Refusal(letter, error.reason, error.detail)

    def _add(
        self, found: Sorted, letter: Letter, make: Callable[[], Document | None], *, now: datetime
    ) -> Iterator[Refusal]:
        try:
            document = make()
            if document is None:
                found.dropped += 1
                return
            (event,) = validation.events(document, max_raw_bytes=self.max_raw_bytes, now=now)
        except RefusedError as error:
            yield Refusal(letter, error.reason, error.detail)
        except InvalidInputError as error:
            yield Refusal(letter, Reason.INVALID, f"The event cannot be stored: {why_invalid(error)}.")
        except Exception as error:  # noqa: BLE001 - no message may end the loop: it would come again for ever
            yield Refusal(letter, Reason.INVALID, f"No event can be made of it: {type(error).__name__}.")
        else:
            found.events.append(event)
            found.letters.append(letter)

    def _checked(self, sample: Mapping[str, Any]) -> Document:
        self.check(sample)
        return wire.serialized(sample)
