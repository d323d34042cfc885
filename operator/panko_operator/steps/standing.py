"""What an earlier pass has made and what still stands while it cannot be made again: what runs is kept running with it.

It is looked for in Kubernetes alone, which is there when the database or Keystone is not. Nothing is written here.
"""

from panko_operator import observe
from panko_operator.children import api, dbsync
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Configuration, Schema


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
