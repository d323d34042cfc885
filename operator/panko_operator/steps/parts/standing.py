"""What an earlier pass has made and what still stands while it cannot be made again: what runs is kept running with it.

It is looked for in Kubernetes alone, which is there when the database or Keystone is not. Nothing is written here.
"""

from panko_operator import observe
from panko_operator.accounts import secrets
from panko_operator.children import api, dbsync
from panko_operator.children import certificate as certificates
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Certified, Configuration, Identity, Schema
from panko_operator.world.values import Proof


def schema(context: Context) -> Schema | None:
    """Tell for which image a Job has made the schema: the present one, else that of the API's pods."""
    wanted = dbsync.job(context.panko, context.image, asked=context.version)
    job = context.owned("batch/v1", "Job", wanted["metadata"]["name"])
    if job is not None and observe.job(job).done:
        return Schema()
    live = context.owned("apps/v1", "Deployment", context.panko.api_name)
    return None if live is None else Schema(api.image_of(live))


def configuration(context: Context) -> Configuration | None:
    """Return the Secret that was written with logins that worked; none when it is no longer there."""
    digest = context.previous.get("configHash")
    live = context.owned("v1", "Secret", context.panko.config_name(digest)) if digest else None
    return None if live is None else Configuration(live["metadata"]["name"])


def certificate(context: Context) -> Certified | None:
    """Return the copies that the pods of now mount; none when they mount none."""
    panko = context.panko
    pods = _mounted(context, panko.api_name)
    if not panko.spec.haproxy.enabled:
        return Certified(Identity(pods, _UNKNOWN)) if pods else None
    shown = _mounted(context, panko.haproxy_name)
    keys = context.owned("v1", "Secret", panko.pods_tls_name)
    if not (pods and shown and keys):
        return None
    return Certified(Identity(shown, _UNKNOWN, pods_name=pods, pods_authority=secrets.decoded(keys, "ca.crt")))


_UNKNOWN = Proof("", "")  # who would ask for it waits for the certificate itself


def _mounted(context: Context, deployment: str) -> str | None:
    live = context.owned("apps/v1", "Deployment", deployment)
    return None if live is None else certificates.mounted(live)
