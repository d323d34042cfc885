"""A Panko with everything that takes part in it, the secrets that are in there, and what others may read of it."""

import base64
import contextlib
import json
import secrets
import subprocess
import sys
import time

from kubernetes.dynamic.exceptions import NotFoundError

from canaries import forms, processes
from servers.database_server import free_port
from servers.panko_operator import PANKOS, Operator

BOUND_SECONDS = 240  # of each wait; a pass takes a second, and many on a machine that is busy
KINDS = (
    ("api/v1", ("configmaps", "services", "events")),
    ("apis/apps/v1", ("deployments",)),
    ("apis/batch/v1", ("jobs", "cronjobs")),
    ("apis/coordination.k8s.io/v1", ("leases",)),
    ("apis/policy/v1", ("poddisruptionbudgets",)),
    ("apis/panko.openstack.org/v1beta1", ("pankos",)),
)


class Scene:
    """Everything that takes part, the secrets that are in it, and what others may read of it."""

    def __init__(self, server, namespace, folder):
        self.namespace, self.folder = namespace, folder
        self.client = server.client()
        self.secrets = {}
        self.seen = []
        self.operator = Operator(server, namespace, folder, LOG_DEBUG="true")
        self.path = PANKOS.format(namespace) + "/panko"

    def canary(self, kind, length=0):
        self.secrets[kind] = forms.canary(kind, secrets.token_hex(8)).ljust(length, "x")
        return self.secrets[kind]

    def see(self, place, text):
        self.seen.append((place, text))

    # Kubernetes

    def request(self, method, path, **options):
        return self.client.request(method, path, serializer=lambda _client, answer: answer, **options)

    def panko(self):
        return next(iter(self.items("apis/panko.openstack.org/v1beta1", "pankos")), None)

    def ready(self):
        conditions = self.panko().get("status", {}).get("conditions", [])
        return next((one for one in conditions if one["type"] == "Ready"), {"message": "", "reason": ""})

    def edit(self, **spec):
        body = {"spec": spec}
        self.request("patch", self.path, body=body, content_type="application/merge-patch+json")

    def change(self, name, **data):
        path = f"/api/v1/namespaces/{self.namespace}/secrets/{name}"
        body = {"stringData": data}
        self.request("patch", path, body=body, content_type="application/merge-patch+json")

    def patch(self, name, *operations):
        path = f"/api/v1/namespaces/{self.namespace}/secrets/{name}"
        self.request("patch", path, body=list(operations), content_type="application/json-patch+json")

    def secret(self, name):
        found = self.request("get", f"/api/v1/namespaces/{self.namespace}/secrets/{name}")["data"]
        return {key: base64.b64decode(value).decode() for key, value in found.items()}

    def until(self, reason):
        """Wait until the Panko says this, play what runs pods, and look at everything."""

        def said():
            self.run_pods()
            return self.ready()["reason"] == reason

        self.wait(said)
        self.look()

    def wait(self, met):
        deadline = time.monotonic() + BOUND_SECONDS
        while not met():
            assert time.monotonic() < deadline, f"{self.ready()}\n{self.operator.log.read_text()[-5000:]}"
            time.sleep(0.1)

    def run_pods(self):
        for live in self.items("apis/apps/v1", "deployments"):
            counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas"), live["spec"]["replicas"])
            self.status("apis/apps/v1", "deployments", live, {**counts, "observedGeneration": generation(live)})
        for live in self.items("apis/batch/v1", "jobs"):
            if not live.get("status", {}).get("succeeded"):
                self.migrate()
            stamp = live["metadata"]["creationTimestamp"]
            done = {"status": "True", "lastTransitionTime": stamp}
            conditions = [{"type": kind, **done} for kind in ("SuccessCriteriaMet", "Complete")]
            ended = {"startTime": stamp, "completionTime": stamp, "succeeded": 1, "conditions": conditions}
            self.status("apis/batch/v1", "jobs", live, ended)

    def items(self, api, kind):
        return self.request("get", f"/{api}/namespaces/{self.namespace}/{kind}")["items"]

    def status(self, api, kind, live, status):
        if status.items() <= live.get("status", {}).items():
            return
        path = f"/{api}/namespaces/{self.namespace}/{kind}/{live['metadata']['name']}/status"
        body = {"status": status}
        with contextlib.suppress(NotFoundError):  # the operator may have taken it away meanwhile
            self.request("patch", path, body=body, content_type="application/merge-patch+json")

    def look(self):
        """Remember all that is not a Secret, what is said of Secrets, and all processes."""
        for api, kinds in KINDS:
            for kind in kinds:
                for live in self.items(api, kind):
                    if kind == "pankos":
                        del live["spec"]  # what its author wrote there everybody may read who may read the Panko
                    self.see(f"{kind} {live['metadata']['name']}", json.dumps(live, ensure_ascii=False))
        for live in self.items("api/v1", "secrets"):
            self.see(f"metadata of Secret {live['metadata']['name']}", json.dumps(live["metadata"]))
        self.seen += processes.descendants()

    # What is generated

    def learn(self):
        """Take note of the secrets that the operator has made."""
        for role in ("schema", "api", "expirer"):
            self.secrets[f"{role} account"] = self.secret(f"panko-db-{role}")["password"]
        self.secrets["service user"] = self.secret("panko-keystone-user")["password"]
        for publisher in ("ceilometer", "mq"):
            for key, value in self.secret(f"panko-publisher-{publisher}").items():
                if key != "username":
                    self.secrets[f"{publisher} {key} {value[-4:]}"] = value.partition(":")[2] or value
        self.secrets |= self.secret("panko-keys")

    # Commands of the service

    def migrate(self):
        """Do what the Job of the schema does."""
        code, output = self.run("dbsync", local(self.secret("panko-db-schema")["panko.conf"], self.folder))
        assert code == 0, output

    def run(self, command, configuration, *arguments):
        path = self.folder / f"{command}.conf"
        path.write_text(configuration)
        argv = [sys.executable, "-m", f"panko.cmd.{command}", "--config-file", str(path), *arguments]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            time.sleep(0.2)
            self.seen += processes.descendants()
            output = process.communicate(timeout=60)[0]
        self.see(f"output of {command}", output)
        return process.returncode, output


def generation(live):
    return live["metadata"]["generation"]


def local(configuration, folder):
    """Let a configuration of the operator's work here: its files are in a folder, and its ports are free ones."""
    text = configuration.replace("/etc/panko-trust", f"{folder}/trust").replace("/etc/panko/", f"{folder}/")
    return text.replace("port = 9777", f"port = {free_port()}").replace("workers = 2", "workers = 1")
