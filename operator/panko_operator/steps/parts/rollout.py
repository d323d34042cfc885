"""What several steps do with a Deployment."""

from panko_operator import observe
from panko_operator.observe import Observation
from panko_operator.passes.context import Context
from panko_operator.world import Manifest


def begun(context: Context, name: str, *, fewest: int) -> int | None:
    """Return how many pods a Deployment that is scaled has to say; None once its number is an autoscaler's.

    That one does not begin at none, and takes its time to begin at all.
    """
    live = context.owned("apps/v1", "Deployment", name)
    return fewest if live is None or live["spec"]["replicas"] < fewest else None


def observed(context: Context, live: Manifest, component: str, *, enough: int | None = None) -> Observation:
    """Tell how far a Deployment is; its pods are read only when it is not there yet."""
    seen = observe.deployment(live, enough=enough)
    if seen.done:
        return seen
    return observe.deployment(live, context.pods(component), enough=enough)
