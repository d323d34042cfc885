"""What several steps do with a Deployment."""

from panko_operator import observe
from panko_operator.observe import Observation
from panko_operator.steps.context import Pass
from panko_operator.world import Manifest


def observed(this: Pass, live: Manifest, component: str) -> Observation:
    """Tell how far a Deployment is; its pods are read only when it is not there yet."""
    seen = observe.deployment(live)
    if seen.done:
        return seen
    return observe.deployment(live, this.pods(component))


def budget(this: Pass, manifest: Manifest | None, name: str) -> None:
    """Have the PodDisruptionBudget, or have none."""
    if manifest is None:
        this.remove("policy/v1", "PodDisruptionBudget", name)
    else:
        this.world.kube.apply(manifest)
