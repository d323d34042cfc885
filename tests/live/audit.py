"""What a user did at the API server, from the audit log of the cluster of `tests/cluster`."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
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


def writes(since: Mark, user: str, *, namespace: str | None = None) -> Counter[str]:
    """Count the write requests of a user since a mark, by verb, resource and object; its Lease left out.

    With a namespace only those into it are counted.
    """
    return Counter(_name(entry) for entry in _entries(since) if _counts(entry, user) and _is_into(entry, namespace))


def last_write(since: Mark, user: str, *, namespace: str) -> datetime | None:
    """Return when a user last wrote into a namespace since a mark; None where it did not."""
    times = [
        datetime.fromisoformat(entry["requestReceivedTimestamp"])
        for entry in _entries(since)
        if _counts(entry, user) and _is_into(entry, namespace)
    ]
    return max(times, default=None)


def used(since: Mark, user: str) -> set[tuple[str, str, str]]:
    """Return the rights that a user has used since a mark: group, resource (and subresource) and verb."""
    return {
        right for entry in _entries(since) if _is_of(entry, user) and "objectRef" in entry for right in _rights(entry)
    }


def refused(since: Mark, user: str) -> Counter[str]:
    """Count what a user asked for since a mark and had no right to, by verb and resource."""
    return Counter(_name(entry) for entry in _entries(since) if _is_of(entry, user) and not _is_allowed(entry))


def _rights(entry: dict[str, Any]) -> list[tuple[str, str, str]]:
    reference = entry["objectRef"]
    resource = "/".join(filter(None, (reference.get("resource", ""), reference.get("subresource"))))
    # A server-side apply of what is not there is a patch that needs the right to create besides.
    made = entry["verb"] == "patch" and entry.get("responseStatus", {}).get("code") == HTTPStatus.CREATED
    return [(reference.get("apiGroup", ""), resource, verb) for verb in (entry["verb"], *(["create"] if made else []))]


def _is_allowed(entry: dict[str, Any]) -> bool:
    # A 403 alone says less: a namespace that is being deleted takes nothing new from anybody.
    return bool(entry.get("annotations", {}).get("authorization.k8s.io/decision") != "forbid")


def _is_of(entry: dict[str, Any], user: str) -> bool:
    return bool(entry["user"].get("username") == user)  # a request without valid credentials has none


def _counts(entry: dict[str, Any], user: str) -> bool:
    resource = entry.get("objectRef", {}).get("resource")
    return _is_of(entry, user) and entry["verb"] in WRITES and resource != LEASES


def _is_into(entry: dict[str, Any], namespace: str | None) -> bool:
    return namespace is None or entry.get("objectRef", {}).get("namespace") == namespace


def _name(entry: dict[str, Any]) -> str:
    reference = entry.get("objectRef", {})
    parts = (reference.get("resource", ""), reference.get("subresource"))
    whose = filter(None, (reference.get("namespace"), reference.get("name")))
    return f"{entry['verb']} {'/'.join(filter(None, parts))} {'/'.join(whose)}".rstrip()


def _entries(since: Mark) -> Iterator[dict[str, Any]]:
    with since.path.open() as log:
        log.seek(since.offset)
        for line in log:
            if line.endswith("\n"):
                yield json.loads(line)
