"""Pankos and what belongs to them, as the cluster has them now."""

from datetime import UTC, datetime
from typing import Any

from panko_client.kubectl import names
from panko_client.kubectl.errors import ForbiddenError, NotFoundError
from panko_client.kubectl.transport import FIELD_MANAGER, Kubectl, Manifest
from panko_client.kubectl.view.panko import Panko
from panko_client.kubectl.view.summary import summary

_ALL = "app.kubernetes.io/name=panko"


def panko(kubectl: Kubectl, name: str) -> Panko:
    """Return a Panko; raise NotFoundError when there is none."""
    found = kubectl.get(names.KIND, name)
    if found is None:
        raise NotFoundError(f"There is no Panko {name} here; `kubectl panko status --all-namespaces` lists all.")
    return Panko(found)


def pankos(kubectl: Kubectl, *where: str) -> list[Panko]:
    """Return all Pankos of the namespace, or of every one with --all-namespaces."""
    return [Panko(one) for one in kubectl.items(names.KIND, *where)]


def one(kubectl: Kubectl, name: str) -> dict[str, Any]:
    """Return the summary of one Panko."""
    found = panko(kubectl, name)
    return _summary(found, _children(kubectl, f"--selector={names.selector(name)}"))


def many(kubectl: Kubectl, *where: str) -> list[dict[str, Any]]:
    """Return the summaries of all Pankos."""
    found = pankos(kubectl, *where)
    if not found:
        return []
    children = _children(kubectl, f"--selector={_ALL}", *where)
    return [_summary(each, children) for each in found]


def annotate(name: str, annotation: str, value: str | None) -> tuple[str, ...]:
    """Return the words that write an annotation of a Panko, or take it away."""
    written = f"{annotation}-" if value is None else f"{annotation}={value}"
    return ("annotate", names.KIND, name, written, "--overwrite", f"--field-manager={FIELD_MANAGER}")


def _summary(found: Panko, children: list[Manifest]) -> dict[str, Any]:
    expirer = ("CronJob", found.namespace, names.expirer(found.name))
    job = next((each for each in children if _identity(each) == expirer), None)
    pods = found.pods([each for each in children if each["kind"] == "Pod"])
    return summary(found, pods=pods, expirer=job, now=datetime.now(UTC))


def _identity(live: Manifest) -> tuple[str, str, str]:
    return live["kind"], live["metadata"]["namespace"], live["metadata"]["name"]


def _children(kubectl: Kubectl, *words: str) -> list[Manifest]:
    """Return pods and CronJobs, by one call; a Panko is told without those that may not be read."""
    try:
        return kubectl.items("pods,cronjobs", *words)
    except ForbiddenError:
        return [*_readable(kubectl, "pods", *words), *_readable(kubectl, "cronjobs", *words)]


def _readable(kubectl: Kubectl, kind: str, *words: str) -> list[Manifest]:
    try:
        return kubectl.items(kind, *words)
    except ForbiddenError:
        return []
