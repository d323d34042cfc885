"""A producer as producers should be: no answer, or 503, means that the same events are sent again."""

import itertools
import threading
import time
from dataclasses import dataclass

import httpx

from ledger.attempts import Ledger, Outcome
from ledger.events import event
from ledger.forms import JSON, Form

HEADERS = {"X-Roles": "service", "X-User-Id": "ceilometer", "X-Project-Id": "service"}
REQUEST_SECONDS = 20
GIVES_UP_AFTER_SECONDS = 60
PAUSE_SECONDS = 0.2
SIZES = (1, 20, 1, 100, 1, 20, 1, 600)  # the last is more than one statement holds
EVERY_FIFTH_IS_SENT_ONCE = 5
EVERY_SEVENTH_IS_INVALID = 7


@dataclass(frozen=True, slots=True)
class Producer:
    """Writes batch after batch until it is told to stop; the outcome of each goes into the ledger."""

    name: str
    url: str
    ledger: Ledger
    stop: threading.Event
    form: Form = JSON

    def run(self) -> None:
        """Write."""
        with httpx.Client(base_url=self.url, headers=HEADERS, timeout=REQUEST_SECONDS) as client:
            begin = 0
            for turn, size in enumerate(itertools.cycle(SIZES)):
                if self.stop.is_set():
                    return
                self._write(client, turn, range(begin, begin + size))
                begin += size
                self.stop.wait(PAUSE_SECONDS)

    def _write(self, client: httpx.Client, turn: int, numbers: range) -> None:
        events = [event(f"{self.name}-{number}", number) for number in numbers]
        if turn % EVERY_SEVENTH_IS_INVALID == EVERY_SEVENTH_IS_INVALID - 1:
            events[-1] |= {"generated": "yesterday"}
        only_once = turn % EVERY_FIFTH_IS_SENT_ONCE == 0
        deadline = time.monotonic() + (0 if only_once else GIVES_UP_AFTER_SECONDS)
        outcome = self._send(client, events)
        while outcome is Outcome.UNKNOWN and time.monotonic() < deadline:
            time.sleep(PAUSE_SECONDS)
            outcome = self._send(client, events)
        self.ledger.enter(map(self.form.name, events), outcome)

    def _send(self, client: httpx.Client, events: list[dict]) -> Outcome:
        try:
            answer = client.post("/v2/events", **self.form.request(events))
        except httpx.TransportError as error:
            self.ledger.answered(type(error).__name__)
            return Outcome.UNKNOWN
        self.ledger.answered(f"POST {answer.status_code}")
        return self._outcome(answer, events)

    def _outcome(self, answer: httpx.Response, events: list[dict]) -> Outcome:
        invalid = events[-1]["generated"] == "yesterday"
        match answer.status_code:
            case 201 if not invalid and sum(answer.json().values()) == len(events):
                return Outcome.ACKNOWLEDGED
            case 400 if invalid:
                return Outcome.REFUSED
            case 503:
                return Outcome.UNKNOWN
        self.ledger.complain(f"{answer.status_code} to the batch of {events[0]['message_id']}: {answer.text[:500]}")
        return Outcome.UNKNOWN
