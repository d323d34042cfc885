"""What a user wrote to the API server, from the audit log of the cluster of `tests/cluster`."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cluster.paths import from_environment
from live.errors import NoAuditLogError

WRITES = frozenset({"create", "update", "patch", "delete", "deletecollection"})
LEASES = "leases"
"""Renewing the Lease is how an active operator says that it lives."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the audit log."""

    path: Path
    offset: int


def mark() -> Mark:
    """Return where the audit log ends now."""
    path = from_environment(os.environ).audit_log
    if not path.exists():
        raise NoAuditLogError(path)
    return Mark(path, path.stat().st_size)


def writes(since: Mark, user: str) -> Counter[str]:
    """Count the write requests of a user since a mark, by verb and resource; its Lease left out."""
    return Counter(_name(entry) for entry in _entries(since) if _counts(entry, user))


def _counts(entry: dict[str, Any], user: str) -> bool:
    resource = entry.get("objectRef", {}).get("resource")
    name = entry["user"].get("username")  # a request without valid credentials has none
    return name == user and entry["verb"] in WRITES and resource != LEASES


def _name(entry: dict[str, Any]) -> str:
    reference = entry.get("objectRef", {})
    parts = (reference.get("resource", ""), reference.get("subresource"))
    return f"{entry['verb']} {'/'.join(filter(None, parts))} {reference.get('name', '')}".rstrip()


def _entries(since: Mark) -> Iterator[dict[str, Any]]:
    with since.path.open() as log:
        log.seek(since.offset)
        for line in log:
            if line.endswith("\n"):
                yield json.loads(line)
