"""What several steps do with a Deployment."""

from panko_operator import observe
from panko_operator.observe import Observation
from panko_operator.passes.context import Context
from panko_operator.world import Manifest


def observed(context: Context, live: Manifest, component: str, *, enough: int | None = None) -> Observation:
    """Tell how far a Deployment is; its pods are read only when it is not there yet."""
    seen = observe.deployment(live, enough=enough)
    if seen.done:
        return seen
    return observe.deployment(live, context.pods(component), enough=enough)
