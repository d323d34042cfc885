"""Whether the API answers, asked as its clients will ask: with a token, through the Service."""

from panko_operator.observe import Observation
from panko_operator.steps.context import Pass, done


def query(this: Pass) -> Observation:
    """Have one authenticated query answered."""
    if this.panko.spec.replicas == 0:
        return done("Hibernated", "The API is not asked while spec.replicas is 0.")
    url = this.panko.service_url(this.world.cluster_domain)
    this.world.event_api.query(url, this.keystone_admin, this.service_user)
    return done("Answering", f"The API answers authenticated queries at {url}.")
