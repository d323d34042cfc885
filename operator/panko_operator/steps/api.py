"""The API's pods."""

from panko_operator.children import api as manifests
from panko_operator.children import disruption
from panko_operator.observe import Observation
from panko_operator.steps import rollout
from panko_operator.steps.context import Pass


def api(this: Pass) -> Observation:
    """Have the pods run this image with this configuration."""
    this.world.kube.apply(manifests.headless_service(this.panko))
    manifest = manifests.deployment(this.panko, image=this.image, config_name=this.config_name)
    this.deployment = this.world.kube.apply(manifest)
    rollout.budget(this, disruption.api(this.panko), this.panko.api_name)
    return rollout.observed(this, this.deployment, "api")
