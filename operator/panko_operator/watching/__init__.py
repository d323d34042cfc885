"""The kopf half of the operator: what is watched, and what wakes a pass.

kopf only watches here. It writes nothing to any object: it has no change handlers, so neither progress nor a copy of a
body (a Secret's, say) ever gets into an annotation, and the finalizer is the reconcile's own.
"""

from panko_operator.watching.echo import Echo
from panko_operator.watching.election import Election
from panko_operator.watching.lanes import Lanes
from panko_operator.watching.liveness import Liveness
from panko_operator.watching.queue import Key, Queue
from panko_operator.watching.roll_call import RollCall
from panko_operator.watching.rounds import Rounds
from panko_operator.watching.sightings import Sightings
from panko_operator.watching.watches import Triggers, configure, registry

__all__ = [
    "Echo",
    "Election",
    "Key",
    "Lanes",
    "Liveness",
    "Queue",
    "RollCall",
    "Rounds",
    "Sightings",
    "Triggers",
    "configure",
    "registry",
]
