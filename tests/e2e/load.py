"""A constant load of writes and reads from inside the cluster, and the ledger of what became of every request."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from live.openstack import OpenStack
from live.resource import PUBLISHER, Panko
from live.waiting import until

REQUESTS_PER_SECOND = 50
LEAST_REQUESTS, LEAST_PER_SECOND = 100, 5
"""A busy machine keeps the rate down; with fewer the load would prove nothing."""
UNAVAILABLE = "503"
STARTS = 'for _ in $(seq 100); do [ -s "$0/progress" ] && exit; sleep 0.2; done; cat "$0/errors" >&2; exit 1'
ENDS = 'touch "$0/stop"; for _ in $(seq 300); do [ -s "$0/ledger" ] && exec cat "$0/ledger"; sleep 0.2; done; exit 1'


@dataclass(slots=True)
class Ledger:
    """The load that runs, and the account of it when it has ended."""

    client: OpenStack
    event_type: str
    account: dict[str, Any] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """Where in the client pod the load keeps its files."""
        return f"/tmp/{self.event_type}"

    def change_password(self, password: str) -> None:
        """Let the publisher use another password from now on."""
        words = ("sh", "-c", 'umask 077; cat > "$0.draft"; mv "$0.draft" "$0"', f"{self.folder}/new-password")
        self.client.run(*words, stdin=password)

    def goes_on(self, *, reads: int = 30, writes: int = 30, seconds: float = 90) -> None:
        """Return when so many more reads and writes were answered as they should be."""
        begin = self._progress()

        def enough() -> bool:
            now = self._progress()
            return now[0] - begin[0] >= reads and now[1] - begin[1] >= writes

        until(enough, f"{reads} more reads and {writes} more writes", seconds=seconds, explain=lambda: str(begin))

    def check(self, panko: Panko) -> None:
        """Assert that no request failed and that every acknowledged event is stored."""
        assert self.account["failures"] == [], self.account["failures"][:20]
        assert self._requests() >= max(LEAST_REQUESTS, LEAST_PER_SECOND * self.account["seconds"])
        self._check_stored(panko)

    def check_outage(self, panko: Panko, *kinds: str) -> None:
        """Assert that nothing but these kinds of requests failed, truthfully, and that nothing acknowledged is lost."""
        assert {(kind, answer[:3]) for kind, _, answer in self.account["failures"]} <= {
            (kind, UNAVAILABLE) for kind in kinds
        }, self.account["failures"][:20]
        self._check_stored(panko)

    def start(self, panko: Panko) -> None:
        """Start the load, and return when it runs."""
        login = panko.secret(f"{panko.name}-binding-{PUBLISHER}")
        stdin = f"{panko.url}/v2/events\n{login['username']}\n{login['password']}\n"
        self.client.background("load.py", self.folder, self.event_type, str(REQUESTS_PER_SECOND), stdin=stdin)
        self.client.run("sh", "-c", STARTS, self.folder)

    def end(self) -> None:
        """End the load and take its account."""
        self.account = json.loads(self.client.run("sh", "-c", ENDS, self.folder))
        seconds, slowest = self.account["seconds"], self.account["slowest_seconds"]
        print(f"load: {self._requests()} requests in {seconds:.0f} s, the slowest took {slowest:.1f} s")

    def _requests(self) -> int:
        return int(self.account["reads"] + self.account["writes"])

    def _check_stored(self, panko: Panko) -> None:
        """Assert that every acknowledged event is stored, and once."""
        stored = self.client.script("stored.py", f"{panko.url}/v2/events", self.event_type)
        assert set(self.account["acknowledged"]) - set(stored) == set()
        assert len(stored) == len(set(stored))

    def _progress(self) -> list[int]:
        return list(json.loads(self.client.run("cat", f"{self.folder}/progress")))


@contextmanager
def load(panko: Panko, client: OpenStack) -> Iterator[Ledger]:
    """Keep the load on while the body runs."""
    ledger = Ledger(client, f"load.{secrets.token_hex(4)}")
    ledger.start(panko)
    try:
        yield ledger
    except BaseException:
        client.run("touch", f"{ledger.folder}/stop")
        raise
    ledger.end()
