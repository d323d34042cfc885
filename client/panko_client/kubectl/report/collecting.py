"""What a report holds, as files by their names: all of it has gone through the redaction."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from panko_client.kubectl import names
from panko_client.kubectl.errors import KubectlError
from panko_client.kubectl.report import redaction
from panko_client.kubectl.report.redaction import Redaction
from panko_client.kubectl.transport import Kubectl, Manifest
from panko_client.kubectl.version import VERSION
from panko_client.kubectl.view.panko import Panko

_KINDS: Final = (
    "deployments.apps",
    "replicasets.apps",
    "pods",
    "services",
    "endpointslices.discovery.k8s.io",
    "configmaps",
    "jobs.batch",
    "cronjobs.batch",
    "poddisruptionbudgets.policy",
    "networkpolicies.networking.k8s.io",
    "horizontalpodautoscalers.autoscaling",
    "ingresses.networking.k8s.io",
)
_LEFT_OUT: Final = "Who may not list the Secrets of {} gets no log of the operator: nobody could take them out of it."
_LINES: Final = 5000  # of each log


@dataclass(frozen=True, slots=True)
class File:
    """A file of the report."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Operator:
    """Where the operator is, and whether what its namespace's Secrets hold is taken out."""

    namespace: str
    is_redacted: bool


@dataclass(frozen=True, slots=True)
class Collection:
    """Where is looked, and what is taken out. What may not be read is a file that says so."""

    kubectl: Kubectl
    panko: Panko
    redaction: Redaction
    operator: Operator | None

    def files(self, *, logs: bool) -> Iterator[File]:
        """Yield all files."""
        mine = f"--selector={names.selector(self.panko.name)}"
        yield self._document("panko.json", lambda: self.panko.body)
        yield self._document("secrets.json", lambda: [redaction.secret(one) for one in self._items("secrets", mine)])
        for kind in _KINDS:
            yield self._document(f"children/{kind.partition('.')[0]}.json", partial(self._items, kind, mine))
        yield self._document("events.json", lambda: self._items("events"))
        yield self._document("definition.json", self._definition)
        yield from self._of_operator()
        yield self._text("versions.txt", self._versions)
        if logs:
            yield from self._logs(mine)

    def _items(self, kind: str, *words: str) -> list[Manifest]:
        return self.kubectl.items(kind, *words)

    def _definition(self) -> Manifest:
        """Return what the cluster knows of the kind, its long schema aside."""
        found = self.kubectl.get("customresourcedefinitions.apiextensions.k8s.io", names.KIND) or {}
        versions = [
            {key: value for key, value in one.items() if key != "schema"}
            for one in found.get("spec", {}).get("versions", ())
        ]
        return {"metadata": found.get("metadata"), "versions": versions, "status": found.get("status")}

    def _of_operator(self) -> Iterator[File]:
        if self.operator is None:
            yield File("operator.missing.txt", "The operator was not found; name its place by --operator-namespace.\n")
            return
        where = f"--namespace={self.operator.namespace}"
        for kind in ("deployments.apps", "pods"):
            name = f"operator/{kind.partition('.')[0]}.json"
            yield self._document(name, partial(self._items, kind, where, f"--selector={names.OPERATOR}"))
        words = ("leases.coordination.k8s.io", names.LEASE, where)
        yield self._document("operator/lease.json", lambda: self.kubectl.get(*words))

    def _versions(self) -> str:
        return f"kubectl-panko {VERSION}\n{self.kubectl.text('version')}image {self.panko.status.get('image')}\n"

    def _logs(self, mine: str) -> Iterator[File]:
        how = ("--all-containers", "--prefix", "--timestamps", f"--tail={_LINES}", "--max-log-requests=50")
        yield self._text("logs/pods.log", lambda: self.kubectl.text("logs", mine, *how))
        if self.operator is None:
            return
        if not self.operator.is_redacted:
            yield File("logs/operator.log.missing.txt", f"{_LEFT_OUT.format(self.operator.namespace)}\n")
            return
        chosen = (f"--namespace={self.operator.namespace}", f"--selector={names.OPERATOR}")
        yield self._text("logs/operator.log", lambda: self.kubectl.text("logs", *chosen, *how))

    def _document(self, name: str, read: Callable[[], Any]) -> File:
        def written() -> str:
            return json.dumps(self.redaction.document(read()), indent=1, ensure_ascii=False)

        return self._file(name, written)

    def _text(self, name: str, read: Callable[[], str]) -> File:
        return self._file(name, lambda: self.redaction.text(read()))

    def _file(self, name: str, written: Callable[[], str]) -> File:
        try:
            return File(name, written())
        except KubectlError as error:
            return File(f"{name}.missing.txt", self.redaction.text(f"{error.message}\n"))
