"""What is looked at by `check`: the kind, the operator, its Lease, and the rights of whoever asks."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from panko_client.kubectl import names, waiting
from panko_client.kubectl.checking.rights import NEEDED, Right
from panko_client.kubectl.durations import moment, told
from panko_client.kubectl.errors import KubectlError, TooLateError
from panko_client.kubectl.transport import Kubectl, Manifest

VERSION: Final = "v1beta1"
USUAL_NAMESPACE: Final = "panko-system"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing: good, bad, or not known. Without what `is_needed` no Panko can be looked at or looked after."""

    good: bool | None
    text: str
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class Checks:
    """The looks at one cluster."""

    kubectl: Kubectl
    namespace: str | None

    def is_up(self) -> bool:
        """Tell whether nothing is missing of the cluster's part."""
        return not any(line.good is False for line in self.cluster())

    def cluster(self) -> Iterator[Line]:
        """Yield what is said of the kind and of the operator."""
        yield self._kind()
        yield from self._operator()

    def rights(self) -> Iterator[Line]:
        """Yield what whoever asks may do, by one request for all."""
        namespace = self._own_namespace()
        reviews = [right.review(namespace) for right in NEEDED]
        document = json.dumps({"apiVersion": "v1", "kind": "List", "items": reviews})
        try:
            answers = self.kubectl.documents("create", "--filename=-", stdin=document)
        except KubectlError as error:
            yield Line(None, f"What you may do is not known: {error.message}", is_needed=False)
            return
        for right, review in zip(NEEDED, answers, strict=True):
            allowed = bool(review.get("status", {}).get("allowed"))
            yield _of_right(right, allowed=allowed)

    def _kind(self) -> Line:
        try:
            group = json.loads(self.kubectl.text("get", f"--raw=/apis/{names.GROUP}"))
        except KubectlError as error:
            return Line(False, f"The cluster knows no Pankos, install the operator: {error.message}")
        served = [one["version"] for one in group.get("versions", ())]
        text = f"The cluster knows Pankos, as {', '.join(served)}."
        if VERSION in served:
            return Line(True, text)
        return Line(False, f"{text} This plug-in knows {VERSION}: take the one of the operator's release.")

    def _operator(self) -> Iterator[Line]:
        try:
            found = self._deployments()
        except KubectlError as error:
            yield Line(None, f"You may not see the operator: {error.message}", is_needed=False)
            return
        if not found:
            yield Line(False, "There is no Deployment of the operator; install it, or give --operator-namespace.")
        for each in found:
            yield _of_deployment(each)
            yield self._lease(each["metadata"]["namespace"])

    def _deployments(self) -> list[Manifest]:
        chosen = f"--selector={names.OPERATOR}"
        if self.namespace:
            return self._there(self.namespace)
        try:
            return self.kubectl.items("deployments.apps", "--all-namespaces", chosen)
        except KubectlError:
            return self._there(USUAL_NAMESPACE)

    def _there(self, namespace: str) -> list[Manifest]:
        return self.kubectl.items("deployments.apps", f"--namespace={namespace}", f"--selector={names.OPERATOR}")

    def _lease(self, namespace: str) -> Line:
        try:
            lease = self._read_lease(namespace)
            line = of_lease(lease, now=datetime.now(UTC))
            return acting(lease) if line.good is False and self._is_renewed(namespace, lease) else line
        except KubectlError as error:
            return Line(None, f"You may not see the operator's Lease: {error.message}", is_needed=False)

    def _read_lease(self, namespace: str) -> Manifest:
        return self.kubectl.get("leases.coordination.k8s.io", names.LEASE, f"--namespace={namespace}") or {}

    def _is_renewed(self, namespace: str, lease: Manifest) -> bool:
        """Tell whether a Lease that looks old is renewed all the same: the clock here may be another."""
        if not _holder(lease):
            return False
        before, seconds = lease["spec"]["renewTime"], lease["spec"]["leaseDurationSeconds"]

        def renewed() -> bool | None:
            return self._read_lease(namespace).get("spec", {}).get("renewTime") != before or None

        try:
            return waiting.until(renewed, "The Lease", seconds=seconds)
        except TooLateError:
            return False

    def _own_namespace(self) -> str:
        """Return the namespace that is asked about: the one that was given, else the context's."""
        given = next((one for one in self.kubectl.options if one.startswith("--namespace=")), None)
        if given:
            return given.partition("=")[2]
        try:
            text = self.kubectl.text("config", "view", "--minify", "--output=jsonpath={..namespace}")
        except KubectlError:  # there is no context, as in a pod
            text = ""
        return text.strip() or "default"


def of_lease(lease: Manifest, *, now: datetime) -> Line:
    """Say whether an operator acts: it renews its Lease for as long as it does."""
    pod = _holder(lease)
    if not pod:
        return Line(False, "No operator acts: nobody holds the Lease. Its log says why.")
    late = now - moment(lease["spec"]["renewTime"])
    if abs(late) > timedelta(seconds=lease["spec"]["leaseDurationSeconds"]):
        return Line(False, f"No operator acts: {pod} renewed the Lease last {told(late)} ago. Its log says why.")
    return acting(lease)


def acting(lease: Manifest) -> Line:
    """Say who acts."""
    return Line(True, f"{_holder(lease)} acts.")


def _holder(lease: Manifest) -> str:
    """Return the pod that holds a Lease; empty when nobody does."""
    spec = lease.get("spec", {})
    return str(spec.get("holderIdentity") or "").partition("_")[0] if spec.get("renewTime") else ""


def _of_deployment(live: Manifest) -> Line:
    metadata, wanted = live["metadata"], live["spec"].get("replicas", 1)
    ready = live.get("status", {}).get("readyReplicas", 0)
    image = live["spec"]["template"]["spec"]["containers"][0]["image"]
    where = f"The operator {metadata['namespace']}/{metadata['name']} ({image})"
    if ready and ready >= wanted:
        return Line(True, f"{where} runs.")
    if ready:
        return Line(True, f"{where} runs with {ready} of {wanted} pods.")
    look = f"kubectl -n {metadata['namespace']} describe deployment {metadata['name']}"
    return Line(False, f"{where} has no ready pod; `{look}` says why.")


def _of_right(right: Right, *, allowed: bool) -> Line:
    if allowed:
        return Line(True, f"You may {right.told}.", is_needed=right.is_needed)
    return Line(False, f"You may not {right.told}: {right.commands} will not work.", is_needed=right.is_needed)
