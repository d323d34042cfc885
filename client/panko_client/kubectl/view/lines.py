"""The summary of a Panko as a person reads it. Pure, but for colours."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from panko_client.kubectl.terminal import printing

Summary = Mapping[str, Any]


def told(found: Summary) -> Iterator[str]:
    """Yield the lines about one Panko."""
    yield printing.sentence(found["ready"], f"Panko {found['namespace']}/{found['name']}: {found['message']}")
    yield ""
    for label, text in _facts(found):
        yield f"  {label:<12} {text}"
    yield ""
    for one in found["conditions"]:
        yield f"  {printing.mark(one['status'])} {one['type']:<21} {one['message']}"
    yield ""
    yield f"Next: {found['next']}"


def listed(found: Sequence[Summary]) -> Iterator[str]:
    """Yield a table of many, and what comes next for those that are not ready."""
    rows = [
        (
            one["namespace"],
            one["name"],
            "✓" if one["ready"] else "✕",
            one["reason"] or "New",
            f"{one['replicas']['ready']}/{one['replicas']['all']}",
            one["databaseRevision"] or "-",
            one["age"],
            "" if one["ready"] else one["next"],
        )
        for one in found
    ]
    yield from printing.table(("NAMESPACE", "NAME", "READY", "REASON", "API", "REVISION", "AGE", "NEXT"), rows)


def _facts(found: Summary) -> Iterator[tuple[str, str]]:
    yield "image", found["image"] or "not known yet"
    yield from _pods(found["pods"])
    yield "database", f"revision {found['databaseRevision'] or 'not known yet'}"
    for interface, url in found["endpoints"].items():
        yield "endpoint", f"{interface} {url}"
    yield from _logins(found["credentials"])
    if found["ingest"]:
        yield "events", _ingest(found["ingest"])
    yield "retention", _retention(found["retention"])
    if found["certificate"]:
        left = printing.counted(found["certificate"]["daysLeft"], "day")
        yield "certificate", f"{left} left, until {found['certificate']['notAfter']}"
    for one in found["drift"]:
        yield "drift", f"{one['time']} {one['object']}: {one.get('field', 'was gone')}, put right"
    if found["plan"]:
        yield "plan", f"{printing.counted(found['plan']['changes'], 'change')} held back"
    yield "age", found["age"]


def _pods(pods: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for component, group in groupby(sorted(pods, key=_component), key=_component):
        some = [one for one in group if one["phase"] != "Succeeded"]
        if some:
            yield "pods", f"{component} {_count(some)} ready{_trouble(some)}"


def _component(pod: Mapping[str, Any]) -> str:
    return str(pod["component"])


def _count(pods: Sequence[Mapping[str, Any]]) -> str:
    """Count those that are ready, and those that are to stay."""
    stay = [one for one in pods if one["phase"] != "Terminating"]
    return f"{sum(one['ready'] for one in stay)}/{len(stay)}"


def _trouble(pods: Sequence[Mapping[str, Any]]) -> str:
    """Name pods that are not ready, or were started again."""
    said = []
    for pod in pods:
        why = "" if pod["ready"] else pod["waits"] or pod["phase"]
        again = printing.counted(pod["restarts"], "restart") if pod["restarts"] else ""
        if why or again:
            said.append(f"{pod['name']} {', '.join(filter(None, (why, again)))}")
    return f": {'; '.join(said)}" if said else ""


def _logins(credentials: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for one in credentials:
        age = f", in use for {one['age']}" if one["age"] else ""
        kept = f"; {', '.join(one['retired'])} of before kept" if one["retired"] else ""
        yield "login", f"{one['role']} {one['account']}{age}{kept}"


def _ingest(found: Mapping[str, Any]) -> str:
    """Say when the last event was. While events come the status stands still for some minutes at a time."""
    if not found["published"]:
        return "no producer has published yet"
    if found["ago"] is None:
        return "stored, without a time that has been"
    services = ", ".join(f"{name} {ago} ago" for name, ago in found["services"].items())
    of_services = f" ({services})" if services else ""
    if found["flowing"]:
        return f"last event {found['ago']} ago or later, {found['eventsPerMinute']} a minute{of_services}"
    return f"last event {found['ago']} ago, and none since{of_services}"


def _retention(found: Mapping[str, Any]) -> str:
    if found["timeToLive"] in ("0", None):
        return "events are kept for ever"
    last = f"last run {found['lastRun']} ago" if found["lastRun"] else "no run yet"
    good = f", last good one {found['lastSuccess']} ago" if found["lastSuccess"] else ""
    stopped = ", suspended" if found["suspended"] else ""
    oldest = f"oldest event {found['oldestEvent']} ago, " if found["oldestEvent"] else ""
    return f"{found['timeToLive']}, {oldest}{last}{good}{stopped}"
