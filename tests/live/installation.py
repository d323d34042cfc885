"""The operator, installed as a user installs it: by the chart, or by the plain manifests."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cluster.paths import from_environment
from live.cluster import Cluster
from live.waiting import until

REPOSITORY = Path(__file__).resolve().parents[2]
CHART = REPOSITORY / "charts" / "panko-operator"
MANIFESTS = REPOSITORY / "deploy" / "manifests"
NAMESPACE = "panko-system"
RELEASE = "panko-operator"
SELECTOR = "app.kubernetes.io/name=panko-operator"
PODS = f"{SELECTOR},pod-template-hash"
"""Not the pod of `helm test`, which has the chart's labels too."""
OPERATOR_IMAGE = "localhost/panko-operator:dev"
PREVIOUS_OPERATOR_IMAGE = "localhost/panko-operator:previous"
PANKO_IMAGE = "localhost/panko:dev"
NEXT_IMAGE = "localhost/panko:next"
HAPROXY_IMAGE = "localhost/haproxy:2.6"
COLLECTOR_IMAGE = "localhost/panko-collector:dev"
READY_SECONDS = 120
_IMAGE_VARIABLES = {
    "PANKO_IMAGE": PANKO_IMAGE,
    "HAPROXY_IMAGE": HAPROXY_IMAGE,
    "COLLECTOR_IMAGE": COLLECTOR_IMAGE,
}
_STAYS = ("CustomResourceDefinition", "Namespace")
"""What uninstalling leaves, or every Panko would go with it."""


@dataclass(frozen=True, slots=True)
class Installation:
    """The operator on one cluster."""

    cluster: Cluster

    def by_helm(self, chart: Path = CHART, *, image: str = OPERATOR_IMAGE) -> None:
        """Install or upgrade a chart with the images that were built here, and wait until it is available."""
        repository, tag = image.rsplit(":", 1)
        values = {
            "image.repository": repository,
            "image.tag": tag,
            "panko.image": PANKO_IMAGE,
            "haproxy.image": HAPROXY_IMAGE,
            "collector.image": COLLECTOR_IMAGE,
        }
        annotations = {f"podAnnotations.{key}": value for key, value in built(image).items()}
        settings = [f"--set-string={key}={value}" for key, value in (values | annotations).items()]
        self._namespace()
        words = ("upgrade", "--install", "--take-ownership", RELEASE, str(chart), f"--namespace={NAMESPACE}", *settings)
        self.cluster.helm(*words, "--wait", f"--timeout={READY_SECONDS}s")
        self.wait()

    def installed_by_helm(self) -> bool:
        """Tell whether the chart is installed."""
        return RELEASE in self.cluster.helm("list", f"--namespace={NAMESPACE}", "--short").split()

    def remove_helm(self) -> None:
        """Uninstall the chart whatever it says; the definition and the Pankos stay."""
        words = ("--no-hooks", "--wait", "--ignore-not-found")
        self.cluster.helm("uninstall", RELEASE, f"--namespace={NAMESPACE}", *words)

    def by_manifests(self) -> None:
        """Apply deploy/manifests with the images that were built here, and wait until it is available."""
        manifests = [_with_images(manifest) for manifest in self._manifests()]
        first = [manifest for manifest in manifests if manifest["kind"] in _STAYS]
        self.cluster.apply(*first)
        self.cluster.apply(*(manifest for manifest in manifests if manifest["kind"] not in _STAYS))
        self.wait()

    def remove_manifests(self) -> None:
        """Delete what `by_manifests` applied but the definition and the namespace."""
        manifests = [manifest for manifest in self._manifests() if manifest["kind"] not in _STAYS]
        words = ("delete", "--filename=-", "--ignore-not-found", "--timeout=100s")
        self.cluster.kubectl(*words, stdin=yaml.safe_dump_all(manifests))

    def wait(self) -> None:
        """Return when the operator's Deployment is available in its newest form."""
        deployment = self.deployment()
        words = ("rollout", "status", f"deployment/{deployment}", f"--namespace={NAMESPACE}")
        self.cluster.kubectl(*words, f"--timeout={READY_SECONDS}s", seconds=READY_SECONDS + 10)

    def deployment(self) -> str:
        """Return the name of the operator's Deployment."""
        found = until(
            lambda: self.cluster.items("deployments", NAMESPACE, labels=SELECTOR), "the Deployment", seconds=10
        )
        return str(found[0]["metadata"]["name"])

    def pods(self) -> list[dict[str, Any]]:
        """Return the operator's pods."""
        return self.cluster.items("pods", NAMESPACE, labels=PODS)

    def scale(self, replicas: int) -> list[dict[str, Any]]:
        """Have so many pods of the operator, all of them ready; return them."""
        words = ("scale", f"deployment/{self.deployment()}", f"--namespace={NAMESPACE}", f"--replicas={replicas}")
        self.cluster.kubectl(*words)
        self.wait()
        return until(lambda: self._complete(replicas), f"{replicas} pods of the operator", seconds=READY_SECONDS)

    def leader(self) -> str:
        """Return the name of the pod that holds the operator's Lease; "" when none does."""
        holders = [lease["spec"].get("holderIdentity", "") for lease in self.cluster.items("leases", NAMESPACE)]
        return next((holder.split("_")[0] for holder in holders if holder), "")

    def service_account(self) -> str:
        """Return the operator's user name, as the audit log has it."""
        spec = self.cluster.items("deployments", NAMESPACE, labels=SELECTOR)[0]["spec"]["template"]["spec"]
        return f"system:serviceaccount:{NAMESPACE}:{spec['serviceAccountName']}"

    def log(self, *, lines: int = 200) -> str:
        """Return the end of the operator's log."""
        words = ("logs", f"--namespace={NAMESPACE}", f"--selector={PODS}", f"--tail={lines}")
        return self.cluster.kubectl(*words)

    def _complete(self, replicas: int) -> list[dict[str, Any]]:
        pods = self.pods()
        return pods if len(pods) == replicas else []

    def _namespace(self) -> None:
        labels = {"pod-security.kubernetes.io/enforce": "restricted"}
        self.cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}})

    def _manifests(self) -> list[dict[str, Any]]:
        rendered = self.cluster.kubectl("kustomize", str(MANIFESTS), "--load-restrictor=LoadRestrictionsNone")
        return [manifest for manifest in yaml.safe_load_all(rendered) if manifest]


def built(image: str) -> dict[str, str]:
    """Return an annotation that differs with each build that was loaded: the tag is always the same."""
    record = from_environment(os.environ).state / "loaded-images.json"
    loaded = json.loads(record.read_text()) if record.exists() else {}
    return {"built": loaded[image]} if image in loaded else {}


def _with_images(manifest: dict[str, Any]) -> dict[str, Any]:
    """Put the images that were built here into the operator's Deployment, as an overlay of a user would."""
    if manifest["kind"] != "Deployment":
        return manifest
    template = manifest["spec"]["template"]
    template["metadata"]["annotations"] = built(OPERATOR_IMAGE)
    container = template["spec"]["containers"][0]
    container["image"] = OPERATOR_IMAGE
    for entry in container["env"]:
        if entry["name"] in _IMAGE_VARIABLES:
            entry["value"] = _IMAGE_VARIABLES[entry["name"]]
    return manifest
