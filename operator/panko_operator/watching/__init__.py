"""The kopf half of the operator: what is watched, and what wakes a pass.

kopf only watches here. It writes nothing to any object: it has no change handlers, so neither progress nor a copy of a
body (a Secret's, say) ever gets into an annotation, and the finalizer is the reconcile's own.
"""

from panko_operator.watching.echo import Echo
from panko_operator.watching.election import Election
from panko_operator.watching.queue import Key, Queue
from panko_operator.watching.watches import configure, registry

__all__ = ["Echo", "Election", "Key", "Queue", "configure", "registry"]
