"""Plays the kubelet and the controllers of a namespace, beside a real kube-apiserver: all goes as well as it can.

Deployments get their pods, which are ready, and Jobs complete. Nothing runs.
"""

import contextlib
import hashlib
import json
import threading

from kubernetes.dynamic.exceptions import ConflictError, NotFoundError

MERGE = "application/merge-patch+json"


class Kubelet:
    """Works in a thread between entry and exit."""

    def __init__(self, server, namespace):
        self._client, self.namespace, self._folder = server.client(), namespace, server.folder
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stopped.set()
        self._thread.join(timeout=30)

    def request(self, method, path, **options):
        return self._client.request(method, path, serializer=lambda _client, answer: answer, **options)

    def _work(self):
        while not self._stopped.wait(0.2) and self._folder.exists():
            # What goes wrong is tried again: the server may be frozen, or gone with its folder.
            with contextlib.suppress(Exception):
                self._do_all()

    def _do_all(self):
        for live in self._items("apis/apps/v1", "deployments"):
            self._run(live)
        for live in self._items("apis/batch/v1", "jobs"):
            self._end(live)

    def _items(self, api, kind):
        return self.request("get", f"/{api}/namespaces/{self.namespace}/{kind}")["items"]

    def _run(self, deployment):
        wanted, template = deployment["spec"]["replicas"], deployment["spec"]["template"]
        digest = hashlib.sha256(json.dumps(template, sort_keys=True).encode()).hexdigest()[:8]
        names = [f"{deployment['metadata']['name']}-{digest}-{number}" for number in range(wanted)]
        for name in names:
            self._pod(name, template)
        self._leave(names, template["metadata"]["labels"])
        counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), wanted)
        status = {**counts, "observedGeneration": deployment["metadata"]["generation"]}
        self._status("apis/apps/v1", "deployments", deployment, status)

    def _pod(self, name, template):
        path = f"/api/v1/namespaces/{self.namespace}/pods"
        with contextlib.suppress(ConflictError):
            metadata = {"name": name, "labels": template["metadata"]["labels"]}
            made = self.request("post", path, body={"metadata": metadata, "spec": template["spec"]})
            ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
            self._status("api/v1", "pods", made, ready)

    def _leave(self, names, labels):
        """Take away the pods of templates before."""
        for pod in self._items("api/v1", "pods"):
            if pod["metadata"]["name"] not in names and labels.items() <= pod["metadata"].get("labels", {}).items():
                path = f"/api/v1/namespaces/{self.namespace}/pods/{pod['metadata']['name']}"
                with contextlib.suppress(NotFoundError):
                    self.request("delete", path, body={"gracePeriodSeconds": 0})

    def _end(self, job):
        stamp = job["metadata"]["creationTimestamp"]
        done = {"status": "True", "lastTransitionTime": stamp}
        conditions = [{"type": kind, **done} for kind in ("SuccessCriteriaMet", "Complete")]
        ended = {"startTime": stamp, "completionTime": stamp, "succeeded": 1, "conditions": conditions}
        self._status("apis/batch/v1", "jobs", job, ended)

    def _status(self, api, kind, live, status):
        if status.items() <= live.get("status", {}).items():
            return
        path = f"/{api}/namespaces/{self.namespace}/{kind}/{live['metadata']['name']}/status"
        with contextlib.suppress(NotFoundError):  # the operator may have taken it away meanwhile
            self.request("patch", path, body={"status": status}, content_type=MERGE)
