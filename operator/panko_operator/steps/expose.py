"""HAProxy, and the Service that clients use."""

from panko_operator.children import disruption, haproxy, service
from panko_operator.observe import Observation
from panko_operator.steps import rollout
from panko_operator.steps.context import Pass, done


def expose(this: Pass) -> Observation:
    """Have the Service lead to the API's pods, by way of HAProxy unless that is off.

    The Service moves only to what is up already: to HAProxy after its rollout, away from it before it is removed.
    """
    if this.panko.spec.haproxy.enabled:
        seen = _haproxy(this)
        if not seen.done:
            return seen
        this.world.kube.apply(service.service(this.panko))
    else:
        this.world.kube.apply(service.service(this.panko))
        this.remove("apps/v1", "Deployment", this.panko.haproxy_name)
        this.remove("policy/v1", "PodDisruptionBudget", this.panko.haproxy_name)
    return done("Exposed", f"Service {this.panko.service_name} leads to the API.")


def _haproxy(this: Pass) -> Observation:
    config_map = haproxy.config_map(this.panko, this.world.cluster_domain)
    this.world.kube.apply(config_map)
    this.haproxy_config_name = config_map["metadata"]["name"]
    image = this.panko.spec.haproxy.image or this.world.haproxy_image
    manifest = haproxy.deployment(this.panko, image=image, config_name=this.haproxy_config_name)
    live = this.world.kube.apply(manifest)
    rollout.budget(this, disruption.haproxy(this.panko), this.panko.haproxy_name)
    return rollout.observed(this, live, "haproxy")
