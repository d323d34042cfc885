"""The logins that a deletion needs, kept where they cannot go before the Panko does.

A namespace that is deleted takes its Secrets first, those that the spec names included; and whoever deletes a Panko
with all that belongs to it deletes its children first. The copy has a finalizer, and is written before anything is
made outside of Kubernetes: while it is there, something may have been made.
"""

from collections.abc import Mapping

from panko_operator.accounts import logins
from panko_operator.children import credentials
from panko_operator.passes.context import Context
from panko_operator.resource import FINALIZER, cleanup_name, ownership
from panko_operator.world import Kube, Manifest

DELETE = "Delete"


def keep(context: Context, read: Mapping[str, str]) -> None:
    """Write down what was read to log in with, or take it away where no deletion will need it."""
    if not _is_needed(context):
        release(context.world.kube, context.body)
        return
    manifest = credentials.secret(context.panko, context.panko.cleanup_name, {**read, **logins.copied(context)})
    manifest["metadata"]["finalizers"] = [FINALIZER]
    context.apply(manifest)


def release(kube: Kube, body: Manifest) -> None:
    """Let the copy go. The Panko goes after it, or nobody would be left who takes the finalizer away."""
    metadata = body["metadata"]
    name = cleanup_name(metadata["name"])
    live = kube.get("v1", "Secret", name, metadata["namespace"])
    if live is not None and ownership.is_controlled(live, metadata["uid"]):
        kube.remove_finalizer(live)
        kube.delete(live)


def found(context: Context) -> Manifest | None:
    """Return the copy, which says that something may have been made outside."""
    return context.owned("v1", "Secret", context.panko.cleanup_name)


def _is_needed(context: Context) -> bool:
    return (
        context.panko.spec.deletion_policy.keystone == DELETE
        or context.panko.spec.database.admin_secret_ref is not None
    )
