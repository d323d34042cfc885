"""Questions about a Panko, and the answers that are believed for a while."""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, TypeVar, cast

Answer = TypeVar("Answer")


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """An answer, what it depends on, and until when it is believed."""

    digest: str
    until: datetime
    answer: Any


class Answers:
    """What was answered, by Panko and question. Safe for use by several threads."""

    def __init__(self, now: Callable[[], datetime], *, lasts: timedelta) -> None:
        self._now = now
        self._lasts = lasts
        self._lock = Lock()
        self._proofs: dict[str, dict[str, Found]] = {}

    def forget(self, uid: str, question: str | None = None) -> None:
        """Ask everything about a Panko again, or one question."""
        with self._lock:
            if question is None:
                self._proofs.pop(uid, None)
            else:
                self._proofs.get(uid, {}).pop(question, None)

    def recall(self, uid: str, question: str, digest: str) -> Found | None:
        """Return what was answered to the same question, as long as it holds."""
        with self._lock:
            proof = self._proofs.get(uid, {}).get(question)
        return proof if proof is not None and proof.digest == digest and self._now() < proof.until else None

    def keep(self, uid: str, question: str, *, digest: str, asked: datetime, answer: object) -> None:
        """Remember an answer from when it was asked for."""
        with self._lock:
            self._proofs.setdefault(uid, {})[question] = Found(digest, asked + self._lasts, answer)

    def time(self) -> datetime:
        """Return the time."""
        return self._now()


@dataclasses.dataclass(frozen=True, slots=True)
class Questions:
    """What is asked about one Panko in one pass."""

    answers: Answers
    uid: str
    version: object  # of the Panko

    def ask(
        self,
        question: str,
        given: Sequence[object],
        ask: Callable[[], Answer],
        *,
        again: Callable[[Answer], Answer] = lambda answer: answer,
        holds: Callable[[Answer], bool] = lambda _: True,
    ) -> Answer:
        """Return the answer; `again` is what it is the next time, when nothing was changed by asking."""
        digest = digest_of((self.version, *given))
        proof = self.answers.recall(self.uid, question, digest)
        if proof is not None:
            return cast("Answer", proof.answer)
        asked = self.answers.time()
        answer = ask()
        if holds(answer):
            self.answers.keep(self.uid, question, digest=digest, asked=asked, answer=again(answer))
        return answer


def digest_of(given: object) -> str:
    """Return a digest of values, so that no password is kept."""
    return hashlib.sha256(json.dumps(given, default=_plain, sort_keys=True).encode()).hexdigest()


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, dataclasses.asdict(value)]
    raise TypeError(type(value))
