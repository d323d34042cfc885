# ruff: noqa: ARG002 -- the protocols of `world` say what is passed
"""An API server in memory: it keeps objects, counts writes, and lets Deployments and Jobs come up when told to."""

import itertools
import json
from datetime import UTC, datetime

from fakes.copying import copied
from panko_operator.corrections import Correction, unnoticed
from panko_operator.errors import ChangedMeanwhileError, KindMissingError, KubernetesUnreachableError
from panko_operator.kube.differences import compare, drift
from panko_operator.resource import FINALIZER, kinds, ownership


class MemoryKube:
    """`world.Kube`. `auto` lets workloads be ready at once; `outage` makes every call fail.

    `stale` are objects, by kind, namespace and name, that a get answers from before; None is "not found".
    """

    def __init__(self, now):
        self.now = now
        self.objects = {}
        self.events = []
        self.writes = []
        self.reads = []  # by get and list, from outside
        self.uids = itertools.count(1)
        self.versions = itertools.count(1)
        self.auto = True
        self.outage = False
        self.absent = set()  # optional kinds that the cluster does not have
        self.stale = {}
        self.ended = {}  # pods of Jobs that have completed, by key
        self.reported = {"revision": "0006", "contractDue": False}  # by the Job that expands the schema

    # world.Kube

    def get(self, api_version, kind, name, namespace):
        self._answer()
        self.reads.append((kind, name))
        key = (kind, namespace, name)
        found = self.stale[key] if key in self.stale else self.objects.get(key)
        assert found is None or found["apiVersion"] == api_version
        return copied(found)

    def list(self, api_version, kind, namespace, *, labels):
        self._answer()
        self.reads.append((kind, "*"))
        return [
            copied(live)
            for (live_kind, live_namespace, _), live in {**self.objects, **self.ended}.items()
            if (live_kind, live_namespace) == (kind, namespace)
            and live["apiVersion"] == api_version
            and labels.items() <= live["metadata"].get("labels", {}).items()
        ]

    def serves(self, api_version, kind):
        self._answer()
        known = kinds.find(api_version, kind)
        assert known.optional or kind not in self.absent
        return kind not in self.absent

    def survey(self, api_version, kind, namespace, *, labels):
        self._answer()
        return [
            {"apiVersion": api_version, "kind": kind, "metadata": copied(live["metadata"])}
            for (live_kind, live_namespace, _), live in self.objects.items()
            if live_kind == kind
            and namespace in (None, live_namespace)
            and live["apiVersion"] == api_version
            and labels.items() <= live["metadata"].get("labels", {}).items()
        ]

    def apply(self, manifest, *, correcting=unnoticed):
        self._answer()
        if not self.serves(manifest["apiVersion"], manifest["kind"]):
            raise KindMissingError(f"The cluster has no kind {manifest['kind']}; install what brings it.")
        body = compare.prepare(copied(manifest))
        key = (body["kind"], body["metadata"]["namespace"], body["metadata"]["name"])
        live = self.objects.get(key)
        _require_version(manifest, live)
        if live is not None:
            ownership.require(live, ownership.controller_uid(body))
            if compare.is_create_only(live):
                if not compare.is_equal(body, live):
                    raise ownership.altered(live)
                return copied(live)
            if compare.is_current(body, live):
                return copied(live)
            drifted = drift.of(body, live, manager="panko-operator")
            if drifted is not None:
                correcting(drifted)
        elif not compare.is_create_only(body):
            correcting(Correction(body["kind"], body["metadata"]["name"]))
        generation = 1 if live is None else live["metadata"]["generation"] + 1
        uid = f"uid-{next(self.uids)}" if live is None else live["metadata"]["uid"]
        about = {**body["metadata"], "generation": generation, "uid": uid}
        if body["kind"] == "Deployment":  # what is not said stays as it is
            before = (live or {}).get("spec", {}).get("replicas", 1)
            body = {**body, "spec": {"replicas": before, **body["spec"]}}
        self.objects[key] = {**(live or {}), **body, "metadata": about}
        self.writes.append(("apply", *key))
        if self.auto:
            self.come_up(self.objects[key])
        self.touch(self.objects[key])
        return copied(self.objects[key])

    def delete(self, live):
        self._answer()
        key = self._key(live)
        if key not in self.objects or self.objects[key]["metadata"]["uid"] != live["metadata"]["uid"]:
            return False
        self.writes.append(("delete", *key))
        return self._delete(key)

    def patch_status(self, panko, status):
        self._answer()
        patch = compare.merge_patch(panko.get("status", {}), status)
        live = self.objects.get(self._key(panko))
        if patch and live is not None:
            self.writes.append(("status", *self._key(panko)))
            live["status"] = merged(live.get("status", {}), copied(patch))
            self.touch(live)

    def add_finalizer(self, panko):
        self._answer()
        live = self.objects[self._key(panko)]["metadata"]
        if FINALIZER not in live.get("finalizers", []):
            self.writes.append(("finalizer", *self._key(panko)))
            live["finalizers"] = [*live.get("finalizers", []), FINALIZER]
            self.touch(self.objects[self._key(panko)])

    def _delete(self, key):
        live = self.objects.get(key)
        if live is not None and live["metadata"].get("finalizers"):
            live["metadata"].setdefault("deletionTimestamp", _stamp(self.now()))
            self.touch(live)
        elif live is not None:
            del self.objects[key]
        return live is not None

    def remove_finalizer(self, panko):
        self._answer()
        if self._key(panko) not in self.objects:
            return
        live = self.objects[self._key(panko)]["metadata"]
        live["finalizers"] = [name for name in live.get("finalizers", []) if name != FINALIZER]
        if "deletionTimestamp" in live and not live["finalizers"]:
            del self.objects[self._key(panko)]

    def mark(self, panko, key, value):
        self._answer()
        live = self.objects.get(self._key(panko))
        if live is None:
            return panko
        self.writes.append(("mark", *self._key(panko)))
        live["metadata"].setdefault("annotations", {})[key] = value
        self.touch(live)
        return copied(live)

    def annotate(self, panko, key, value):
        self._answer()
        annotations = self.objects[self._key(panko)]["metadata"].get("annotations", {})
        if annotations.get(key) != panko["metadata"]["annotations"][key]:
            return
        self.writes.append(("annotate", *self._key(panko)))
        if value is None:
            del annotations[key]
        else:
            annotations[key] = value

    def cluster_id(self):
        self._answer()
        return "cluster-1"

    def emit(self, panko, *, event_type, reason, message):
        self.events.append((event_type, reason, message))

    # What a test does

    def put(self, live):
        """Store an object as somebody else would."""
        metadata = {"uid": f"uid-{next(self.uids)}", "generation": 1, **live["metadata"]}
        self.objects[self._key(live)] = copied({**live, "metadata": metadata})
        self.touch(self.objects[self._key(live)])

    def touch(self, live):
        """Give a stored object a new version, as every change does."""
        live["metadata"]["resourceVersion"] = str(next(self.versions))

    def put_secret(self, namespace, name, **data):
        """Store a Secret as somebody else would."""
        self.put(compare.prepare({**_secret(namespace, name), "stringData": data}))

    def names(self, kind):
        """Return the names of all objects of a kind."""
        return {name for live_kind, _, name in self.objects if live_kind == kind}

    def reasons(self, event_type):
        """Return the reasons of the Events of a type, in order."""
        return [reason for seen, reason, _ in self.events if seen == event_type]

    def come_up(self, live):
        """Give a workload the status that it has when all went well."""
        if live["kind"] == "Deployment":
            counted = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas"), live["spec"]["replicas"])
            live["status"] = {**counted, "observedGeneration": live["metadata"]["generation"]}
        if live["kind"] == "Job":
            done = {"type": "Complete", "status": "True"}
            live["status"] = {"conditions": [done], "completionTime": _stamp(self.now())}
            self._report(live)

    def _report(self, job):
        """Leave the pod of a Job behind, with what its command wrote down in the end."""
        owner = job["metadata"]
        reported = {**self.reported, **({"contractDue": False} if "-contract-" in owner["name"] else {})}
        ended = {"exitCode": 0, "message": json.dumps(reported)}
        metadata = {
            "name": f"{owner['name']}-done",
            "namespace": owner["namespace"],
            "labels": owner["labels"],
            "ownerReferences": [{"kind": "Job", "name": owner["name"], "uid": owner["uid"]}],
        }
        status = {"phase": "Succeeded", "containerStatuses": [{"name": "dbsync", "state": {"terminated": ended}}]}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "status": status}
        self.ended[self._key(pod)] = pod

    def fail_job(self, name, at):
        """Let a Job give up."""
        (live,) = [live for (kind, _, found), live in self.objects.items() if (kind, found) == ("Job", name)]
        failed = {
            "type": "Failed",
            "status": "True",
            "reason": "BackoffLimitExceeded",
            "lastTransitionTime": _stamp(at),
        }
        live["status"] = {"conditions": [failed]}

    def delete_namespace(self, namespace):
        """Delete everything in a namespace at once; what has a finalizer stays until it is let go."""
        for key in [key for key in self.objects if key[1] == namespace]:
            self._delete(key)

    def delete_panko(self, panko, at: datetime):
        """Ask for the deletion of a Panko, as `kubectl delete` does."""
        live = self.objects[self._key(panko)]
        live["metadata"]["deletionTimestamp"] = _stamp(at)
        self.touch(live)

    def _answer(self):
        if self.outage:
            raise KubernetesUnreachableError("The API server does not answer")

    @staticmethod
    def _key(live):
        return live["kind"], live["metadata"]["namespace"], live["metadata"]["name"]


def merged(value, patch):
    """Return a value after a JSON merge patch (RFC 7386)."""
    if not isinstance(patch, dict):
        return patch
    kept = dict(value) if isinstance(value, dict) else {}
    for key, change in patch.items():
        if change is None:
            kept.pop(key, None)
        else:
            kept[key] = merged(kept.get(key), change)
    return kept


def _stamp(moment):
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _secret(namespace, name):
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": namespace}}


def _require_version(manifest, live):
    read, version = (one and one["metadata"].get("resourceVersion") for one in (manifest, live))
    if read is not None and read != version:
        raise ChangedMeanwhileError(f"{manifest['kind']} {manifest['metadata']['name']} was changed since it was read")
