"""Delete what earlier passes made and nothing uses any more, of whatever kind.

It runs after every step is done, so no old pod is left. A child goes when three things hold: it bears our labels, the
uid of its controller is the Panko's, and the pass did not want it. It is that very object that goes, not another one
that has its name by now.
"""

from panko_operator.passes.context import Context, reference
from panko_operator.resource import ownership
from panko_operator.resource.kinds import KINDS


def prune(context: Context) -> None:
    """Delete the children that this pass, which has done every step, did not want."""
    kube, panko = context.world.kube, context.panko
    for kind in KINDS:
        if not kind.pruned:
            continue
        for live in kube.list(kind.api_version, kind.kind, panko.namespace, labels=panko.child_labels):
            unwanted = ownership.is_controlled(live, panko.uid) and reference(live) not in context.wanted
            if unwanted and "deletionTimestamp" not in live["metadata"]:
                kube.delete(live)
