"""A light load of writes and reads from inside the cluster, and the ledger of what became of every request."""

import json
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from live.openstack import OpenStack
from live.resource import PUBLISHER, Panko

WRITERS, READERS = 2, 1
LEAST_REQUESTS = 100
"""Fewer would prove nothing."""


@dataclass(slots=True)
class Ledger:
    """Filled when the load has ended."""

    event_type: str
    process: subprocess.Popen[str]
    account: dict[str, Any] = field(default_factory=dict)

    def change_password(self, password: str) -> None:
        """Let the publisher use another password from now on."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{password}\n")
        self.process.stdin.flush()

    def check(self, panko: Panko, client: OpenStack) -> None:
        """Assert that no request failed and that every acknowledged event is stored."""
        assert self.account["failures"] == []
        assert self.account["reads"] + self.account["writes"] >= LEAST_REQUESTS
        stored = client.script("stored.py", f"{panko.url}/v2/events", self.event_type)
        assert set(self.account["acknowledged"]) - set(stored) == set()
        assert len(stored) == len(set(stored))


@contextmanager
def load(panko: Panko, client: OpenStack) -> Iterator[Ledger]:
    """Keep the load on while the body runs."""
    account = panko.secret(f"{panko.name}-binding-{PUBLISHER}")
    event_type = f"load.{secrets.token_hex(4)}"
    process = client.start("load.py", event_type, str(WRITERS), str(READERS))
    ledger = Ledger(event_type, process)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(f"{panko.url}/v2/events\n{account['username']}\n{account['password']}\n")
        process.stdin.flush()
        first = process.stdout.readline()
        assert first == "started\n", _error(process)
        yield ledger
        answer, error = process.communicate(timeout=60)
        assert answer, f"the load ended with status {process.returncode} and no ledger: {error}"
        ledger.account = json.loads(answer)
    finally:
        process.kill()
        process.communicate()


def _error(process: subprocess.Popen[str]) -> str:
    process.kill()
    return process.communicate()[1]
