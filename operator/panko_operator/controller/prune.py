"""Delete what earlier passes made and nothing uses any more.

It runs after every step is done, so no old pod is left.
"""

from typing import Final

from panko_operator.steps.context import Context, reference

# The components whose children go when a complete pass does not want them.
_PRUNED: Final = (("v1", "Secret", "config"), ("v1", "Secret", "credentials"), ("v1", "ConfigMap", "haproxy"))


def prune(context: Context) -> None:
    """Delete the children that this pass, which has done every step, did not want."""
    for api_version, kind, component in _PRUNED:
        for live in context.children(api_version, kind, component):
            if reference(live) not in context.wanted and "deletionTimestamp" not in live["metadata"]:
                context.world.kube.delete(live)
