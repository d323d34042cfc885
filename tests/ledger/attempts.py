"""What producers tried to write, what they were told, and what that says about the events that must be stored."""

import enum
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field


class Outcome(enum.Enum):
    """What a producer knows of a batch in the end."""

    ACKNOWLEDGED = "all of it is stored"
    REFUSED = "nothing of it is stored"
    UNKNOWN = "all of it is stored, or nothing"


@dataclass(frozen=True, slots=True)
class Batch:
    """Events that were sent together."""

    message_ids: tuple[str, ...]
    outcome: Outcome


@dataclass(slots=True)
class Ledger:
    """The batches of all producers, and every answer that no producer should ever get."""

    batches: list[Batch] = field(default_factory=list)
    wrong_answers: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def enter(self, message_ids: Iterable[str], outcome: Outcome) -> None:
        """Enter a batch that its producer is done with."""
        with self._lock:
            self.batches.append(Batch(tuple(message_ids), outcome))

    def answered(self, answer: str) -> None:
        """Count the answer to one request."""
        with self._lock:
            self.answers[answer] += 1

    def complain(self, what: str) -> None:
        """Enter what must not have happened."""
        with self._lock:
            self.wrong_answers.append(what)

    def acknowledged(self) -> set[str]:
        """Return the message_ids that are stored for certain by now."""
        with self._lock:
            return {
                name for batch in self.batches if batch.outcome is Outcome.ACKNOWLEDGED for name in batch.message_ids
            }

    def count(self, outcome: Outcome) -> int:
        """Count batches."""
        with self._lock:
            return sum(batch.outcome is outcome for batch in self.batches)

    def differences(self, stored: list[str]) -> list[str]:
        """Say where the ledger and what is stored disagree; an empty list is what should be."""
        times = Counter(stored)
        known = {name for batch in self.batches for name in batch.message_ids}
        return [
            *self.wrong_answers,
            *(f"stored {number} times: {name}" for name, number in times.items() if number > 1),
            *(f"stored, but nobody sent it: {name}" for name in sorted(set(times) - known)),
            *(problem for batch in self.batches if (problem := _problem(batch, set(times)))),
        ]


def _problem(batch: Batch, stored: set[str]) -> str | None:
    missing = [name for name in batch.message_ids if name not in stored]
    whole, nothing = not missing, len(missing) == len(batch.message_ids)
    first = batch.message_ids[0]
    match batch.outcome:
        case Outcome.ACKNOWLEDGED if not whole:
            return f"acknowledged, but {len(missing)} of {len(batch.message_ids)} are lost: {missing[:5]}"
        case Outcome.REFUSED if not nothing:
            return f"refused, but stored: the batch of {first}"
        case Outcome.UNKNOWN if not (whole or nothing):
            return f"stored in part, {len(missing)} of {len(batch.message_ids)} are missing: the batch of {first}"
    return None
