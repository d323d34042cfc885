"""The logins that a deletion needs, kept where they cannot go before the Panko does.

A namespace that is deleted takes its Secrets first, those that the spec names included; and whoever deletes a Panko
with all that belongs to it deletes its children first. The copy has a finalizer, and is written before anything is
made outside of Kubernetes: while it is there, something may have been made.
"""

from panko_operator.children import credentials
from panko_operator.resource import FINALIZER, cleanup_name, ownership
from panko_operator.steps import accounts
from panko_operator.steps.context import Pass
from panko_operator.world import Kube, Manifest

DELETE = "Delete"


def keep(this: Pass) -> None:
    """Write down what the steps have read so far to log in with, or take it away where no deletion will need it."""
    if not _is_needed(this):
        release(this.world.kube, this.body)
        return
    manifest = credentials.secret(this.panko, this.panko.cleanup_name, {**this.read, **accounts.copied(this)})
    manifest["metadata"]["finalizers"] = [FINALIZER]
    this.world.kube.apply(manifest)


def release(kube: Kube, body: Manifest) -> None:
    """Let the copy go. The Panko goes after it, or nobody would be left who takes the finalizer away."""
    metadata = body["metadata"]
    name = cleanup_name(metadata["name"])
    live = kube.get("v1", "Secret", name, metadata["namespace"])
    if live is not None and ownership.is_controlled(live, metadata["uid"]):
        kube.remove_finalizer(live)
        kube.delete(live)


def found(this: Pass) -> Manifest | None:
    """Return the copy, which says that something may have been made outside."""
    return this.owned("v1", "Secret", this.panko.cleanup_name)


def _is_needed(this: Pass) -> bool:
    return this.panko.spec.deletion_policy.keystone == DELETE or this.panko.spec.database.admin_secret_ref is not None
