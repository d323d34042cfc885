"""The last configurations, which stay so that whoever puts one back, or a rollout, finds it."""

from typing import Final

from panko_operator.passes.context import Context
from panko_operator.world import Manifest

# As many as a Deployment's pods can be put back to: the present one and `revisionHistoryLimit` of before.
KEPT: Final = 3


def keep(context: Context, field: str, manifest: Manifest) -> Manifest:
    """Keep the last configurations with the present one in front; return the field of the status that names them."""
    name = manifest["metadata"]["name"]
    before = [one for one in context.previous.get(field, []) if one != name]
    names = [name, *before][:KEPT]
    for one in names:
        context.keep({**manifest, "metadata": {**manifest["metadata"], "name": one}})
    return {field: names}
