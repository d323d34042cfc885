"""All that `status` tells of a Panko, as one document for programs; the sentences are made of it. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from panko_client.kubectl import names
from panko_client.kubectl.durations import moment, told
from panko_client.kubectl.transport import Manifest
from panko_client.kubectl.view import advice
from panko_client.kubectl.view.panko import Panko

_DRIFTS: Final = 5  # of the newest
# The operator asks once a minute, and says so in the status when five have passed.
_SILENT_AFTER: Final = timedelta(minutes=8)


def summary(panko: Panko, *, pods: Sequence[Manifest], expirer: Manifest | None, now: datetime) -> dict[str, Any]:
    """Return the document; `expirer` is the CronJob that deletes old events."""
    status, ready = panko.status, panko.condition("Ready")
    return {
        "name": panko.name,
        "namespace": panko.namespace,
        "age": told(panko.age(now)),
        "ready": panko.is_ready,
        "reason": ready.reason,
        "message": ready.message,
        "suspended": panko.is_suspended,
        "deleting": panko.is_going,
        "image": status.get("image"),
        "replicas": {"ready": status.get("readyReplicas", 0), "all": status.get("replicas", 0)},
        "pods": [_pod(pod) for pod in pods],
        "databaseRevision": status.get("databaseRevision"),
        "endpoints": {one["interface"]: one["url"] for one in status.get("endpoints", ())},
        "credentials": [_credential(one, now) for one in status.get("credentials", ())],
        "certificate": _certificate(status.get("certificate"), now),
        "ingest": _ingest(status.get("ingest"), now),
        "retention": _retention(panko, expirer, now),
        "drift": list(status.get("drift", ()))[:_DRIFTS],
        "plan": {"changes": panko.plan["changes"]} if panko.plan and panko.is_planned else None,
        "conditions": [
            {"type": one.type, "status": one.status, "reason": one.reason, "message": one.message}
            for one in panko.steps
        ],
        "next": advice.of(panko, now),
    }


def _pod(pod: Manifest) -> dict[str, Any]:
    status, metadata = pod.get("status", {}), pod["metadata"]
    containers = status.get("containerStatuses", ())
    ready = any(one["type"] == "Ready" and one["status"] == "True" for one in status.get("conditions", ()))
    return {
        "name": metadata["name"],
        "component": metadata.get("labels", {}).get(names.COMPONENT, ""),
        "ready": ready and "deletionTimestamp" not in metadata,
        "phase": "Terminating" if "deletionTimestamp" in metadata else status.get("phase", "Unknown"),
        "waits": next(filter(None, (_waits(one) for one in containers)), None),
        "restarts": sum(one.get("restartCount", 0) for one in containers),
    }


def _waits(container: Mapping[str, Any]) -> str | None:
    reason: str | None = container.get("state", {}).get("waiting", {}).get("reason")
    return reason


def _credential(entry: Manifest, now: datetime) -> dict[str, Any]:
    since = entry.get("since")
    return {
        "role": entry["role"],
        "account": entry["account"],
        "age": told(now - moment(since)) if since else None,
        "retired": [one["account"] for one in entry.get("retired", ())],
    }


def _certificate(told_: Manifest | None, now: datetime) -> dict[str, Any] | None:
    if told_ is None:
        return None
    return {"notAfter": told_["notAfter"], "daysLeft": (moment(told_["notAfter"]) - now).days}


def _ingest(told_: Manifest | None, now: datetime) -> dict[str, Any] | None:
    """Return how new events are; None where the operator does not know."""
    if told_ is None:
        return None
    last: str | None = told_.get("lastEventTime")
    return {
        "published": told_["published"],
        "lastEventTime": last,
        "ago": told(now - moment(last)) if last else None,
        "flowing": last is not None and now - moment(last) < _SILENT_AFTER,
        "eventsPerMinute": told_.get("eventsPerMinute"),
        "services": {one["name"]: told(now - moment(one["lastEventTime"])) for one in told_.get("services", ())},
    }


def _retention(panko: Panko, expirer: Manifest | None, now: datetime) -> dict[str, Any]:
    wanted, status = panko.spec.get("retention", {}), (expirer or {}).get("status", {})
    oldest = panko.status.get("retention", {}).get("oldestEventTime")
    last, good = status.get("lastScheduleTime"), status.get("lastSuccessfulTime")
    return {
        "timeToLive": wanted.get("timeToLive"),
        "schedule": wanted.get("schedule"),
        "suspended": bool(wanted.get("suspend")),
        "oldestEvent": told(now - moment(oldest)) if oldest else None,
        "lastRun": told(now - moment(last)) if last else None,
        "lastSuccess": told(now - moment(good)) if good else None,
    }
