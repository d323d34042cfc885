"""An API server in memory that fails as a test has written: before or after a write, or with an answer from before."""

import copy

from fakes.memory_kube import MemoryKube
from panko_operator.errors import KubernetesError, KubernetesUnreachableError
from panko_operator.kube.differences import compare
from panko_operator.kube.refusals import ConflictError

REFUSED = {
    "409": ConflictError("The API server refused (409 Conflict)"),
    "410": KubernetesError("The API server refused (410 Gone)"),
    "429": KubernetesUnreachableError("The API server refused (429 Too Many Requests)"),
    "500": KubernetesUnreachableError("The API server refused (500 Internal Server Error)"),
    "time-out": KubernetesUnreachableError("The API server does not answer"),
}
LOST, STALE = "lost answer", "stale"
FAULTS = (*REFUSED, LOST, STALE)


class FaultyKube(MemoryKube):
    """`script` has a fault or None for each request to come; `changes` are those that nobody was told of yet."""

    def __init__(self, now):
        super().__init__(now)
        self.script = []
        self.changes = []
        self._versions, self._before = {}, {}

    def get(self, api_version, kind, name, namespace):
        fault = self._fault()
        if fault == STALE and (kind, namespace, name) in self._before:
            return copy.deepcopy(self._before[kind, namespace, name])
        return super().get(api_version, kind, name, namespace)

    def list(self, api_version, kind, namespace, *, labels):
        fault = self._fault()
        found = super().list(api_version, kind, namespace, labels=labels)
        if fault != STALE:
            return found
        old = [self._before.get(self._key(live), live) for live in found]
        return [copy.deepcopy(live) for live in old if live is not None]

    def survey(self, api_version, kind, namespace, *, labels):
        self._fault()
        return super().survey(api_version, kind, namespace, labels=labels)

    def serves(self, api_version, kind):
        return super().serves(api_version, kind)

    def apply(self, manifest, **options):
        fault = self._fault()
        body = compare.prepare(copy.deepcopy(manifest))
        old = self._before.get(self._key(body))
        if fault == STALE and old is not None and compare.is_current(body, old):
            return copy.deepcopy(old)
        return self._write(fault, lambda: super(FaultyKube, self).apply(manifest, **options))

    def delete(self, live):
        return self._write(self._fault(), lambda: super(FaultyKube, self).delete(live))

    def patch_status(self, panko, status):
        return self._write(self._fault(), lambda: super(FaultyKube, self).patch_status(panko, status))

    def add_finalizer(self, panko):
        return self._write(self._fault(), lambda: super(FaultyKube, self).add_finalizer(panko))

    def remove_finalizer(self, panko):
        return self._write(self._fault(), lambda: super(FaultyKube, self).remove_finalizer(panko))

    def mark(self, panko, key, value):
        return self._write(self._fault(), lambda: super(FaultyKube, self).mark(panko, key, value))

    def notice(self):
        """Note what has changed since the last time: for the watches, and for answers from before."""
        for key in dict.fromkeys((*self.objects, *self._versions)):
            live = self.objects.get(key)
            version, (before, old) = live and live["metadata"]["resourceVersion"], self._versions.get(key, (None, None))
            if version != before:
                self.changes.append((key, copy.deepcopy(live or old)))
                self._before[key] = old
                self._versions[key] = (version, copy.deepcopy(live))

    def _write(self, fault, write):
        answer = write()
        self.notice()
        if fault == LOST:
            raise KubernetesUnreachableError("The API server does not answer")
        return answer

    def _fault(self):
        fault = self.script.pop(0) if self.script else None
        if fault in REFUSED:
            raise type(REFUSED[fault])(*REFUSED[fault].args)
        return fault
