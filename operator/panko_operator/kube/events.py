"""Pure: Kubernetes Events about a Panko. The same reason and message is one Event whose count grows."""

import hashlib
from datetime import datetime
from typing import Any, Final

from panko_operator.resource.moments import timestamp
from panko_operator.world import Manifest

COMPONENT: Final = "panko-operator"
_MESSAGE_LIMIT: Final = 1024  # of the API server


def name(panko: Manifest, *, event_type: str, reason: str, message: str) -> str:
    """Name the Event after everything that makes it that Event."""
    seen = "\n".join((panko["metadata"]["uid"], event_type, reason, message))
    return f"{panko['metadata']['name']}.{hashlib.sha256(seen.encode()).hexdigest()[:16]}"


def first(panko: Manifest, *, event_type: str, reason: str, message: str, now: datetime) -> Manifest:
    """Build the Event for its first time."""
    metadata, stamp = panko["metadata"], timestamp(now)
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "name": name(panko, event_type=event_type, reason=reason, message=message),
            "namespace": metadata["namespace"],
        },
        "involvedObject": {
            "apiVersion": panko["apiVersion"],
            "kind": panko["kind"],
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "uid": metadata["uid"],
        },
        "type": event_type,
        "reason": reason,
        "message": message[:_MESSAGE_LIMIT],
        "count": 1,
        "firstTimestamp": stamp,
        "lastTimestamp": stamp,
        "source": {"component": COMPONENT},
        "reportingComponent": COMPONENT,
        "reportingInstance": COMPONENT,
    }


def again(live: Manifest, *, now: datetime) -> dict[str, Any]:
    """Build the patch for one more time."""
    return {"count": live.get("count", 1) + 1, "lastTimestamp": timestamp(now)}
