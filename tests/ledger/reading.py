"""Readers that page through events by marker while more are written, and know what they have to find."""

import itertools
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx

from ledger.attempts import Ledger
from ledger.events import is_whole

HEADERS = {"X-Roles": "admin", "X-User-Id": "auditor", "X-Project-Id": "service"}
REQUEST_SECONDS = 20
PAUSE_SECONDS = 0.2
PAGE = 500


class StoppedError(Exception):
    """The reader was told to stop in the middle."""


@dataclass(slots=True)
class Reader:
    """Reads again and again what `filters` select; `rounds` counts how often it came to the end.

    `whole` are the message_ids that there are and will ever be; None means that the events still grow, and that those
    acknowledged before a round begins have to be found in it.
    """

    url: str
    ledger: Ledger
    stop: threading.Event
    filters: tuple[tuple[str, str], ...] = ()
    whole: frozenset[str] | None = None
    rounds: int = 0

    def run(self) -> None:
        """Read until told to stop."""
        while not self.stop.is_set():
            expected = self.ledger.acknowledged() if self.whole is None else self.whole
            try:
                found = self.read()
            except StoppedError:
                return
            for problem in unlike(found, expected, exactly=self.whole is not None):
                self.ledger.complain(f"reading, round {self.rounds}: {problem}")
            self.rounds += 1

    def read(self) -> list[dict]:
        """Return the events of all pages."""
        with httpx.Client(base_url=self.url, headers=HEADERS, timeout=REQUEST_SECONDS) as client:
            return list(itertools.chain.from_iterable(self._pages(client)))

    def _pages(self, client: httpx.Client) -> Iterator[list[dict]]:
        parameters = [("limit", str(PAGE)), *self.filters, ("q.field", "all_tenants"), ("q.value", "true")]
        page = self._page(client, parameters)
        yield page
        while len(page) == PAGE:
            page = self._page(client, [*parameters, ("marker", page[-1]["message_id"])])
            yield page

    def _page(self, client: httpx.Client, parameters: list[tuple[str, str]]) -> list[dict]:
        while True:
            try:
                answer = client.get("/v2/events", params=parameters)
            except httpx.TransportError as error:
                self.ledger.answered(type(error).__name__)
            else:
                self.ledger.answered(f"GET {answer.status_code}")
                if answer.status_code == httpx.codes.OK:
                    return answer.json()
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    self.ledger.complain(f"{answer.status_code} to a page: {answer.text[:500]}")
            if self.stop.is_set():
                raise StoppedError
            time.sleep(PAUSE_SECONDS)


def unlike(found: list[dict], expected: set[str] | frozenset[str], *, exactly: bool) -> list[str]:
    """Say what is wrong with all pages together: order, repetitions, gaps, and events that lack something."""
    ids = [event["message_id"] for event in found]
    order = [(event["generated"], event["message_id"]) for event in found]
    missing, surplus = expected - set(ids), set(ids) - expected if exactly else set()
    return [
        *([] if order == sorted(order) else ["the pages are not in order"]),
        *([] if len(ids) == len(set(ids)) else ["an event is on two pages"]),
        *([f"{len(missing)} are on no page: {sorted(missing)[:5]}"] if missing else []),
        *([f"{len(surplus)} should not be there: {sorted(surplus)[:5]}"] if surplus else []),
        *(f"not as it was sent: {event}" for event in found if not is_whole(event)),
    ]
