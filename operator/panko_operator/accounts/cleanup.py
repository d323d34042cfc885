"""The logins that a deletion needs, kept where they cannot go before the Panko does.

A namespace that is deleted takes its Secrets first, those that the spec names included; and whoever deletes a Panko
with all that belongs to it deletes its children first. The copy has a finalizer, and is written before anything is
made outside of Kubernetes: while it is there, something may have been made.
"""

from collections.abc import Mapping
from typing import Final

from panko_operator.accounts import logins, secrets
from panko_operator.children import credentials
from panko_operator.passes.context import Context
from panko_operator.resource import FINALIZER, cleanup_name, ownership
from panko_operator.world import Kube, Manifest
from panko_operator.world.values import DatabaseAddress

DELETE = "Delete"
_CREATING: Final = "creating"  # a key beside those of copies, which have two dots in them


def keep(context: Context, read: Mapping[str, str]) -> None:
    """Write down what was read to log in with, or take it away where no deletion will need it."""
    if not _is_needed(context):
        release(context.world.kube, context.body)
        return
    under_way = _under_way(context)
    _write(context, {**read, **logins.copied(context), **({_CREATING: under_way} if under_way else {})})


def creating(context: Context, address: DatabaseAddress) -> None:
    """Write down that a database is about to be created: what is not marked yet is this Panko's all the same."""
    _write(context, {**_values(context), _CREATING: _named(address)})


def is_creating(context: Context, address: DatabaseAddress) -> bool:
    """Tell whether an earlier pass has set about creating just this database, and did not come to mark it."""
    return _under_way(context) == _named(address)


def created(context: Context) -> None:
    """Forget that: the database has its mark."""
    if _under_way(context):
        _write(context, {key: value for key, value in _values(context).items() if key != _CREATING})


def _write(context: Context, data: Mapping[str, str]) -> None:
    manifest = credentials.secret(context.panko, context.panko.cleanup_name, data)
    manifest["metadata"]["finalizers"] = [FINALIZER]
    context.apply(manifest)


def _values(context: Context) -> Mapping[str, str]:
    return secrets.values(found(context) or {})


def _under_way(context: Context) -> str:
    """Return which database is being created; empty for none."""
    return secrets.decoded(found(context) or {}, _CREATING)


def _named(address: DatabaseAddress) -> str:
    return f"{address.engine} {address.name} {address.host}:{address.port}"


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
