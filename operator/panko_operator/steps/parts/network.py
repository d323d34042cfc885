"""What several steps do with a NetworkPolicy: it is there before the pods that it is for."""

from panko_operator.passes.context import Context
from panko_operator.world import Manifest


def confine(context: Context, component: str, policy: Manifest | None) -> None:
    """Have the policy of a component, or none, at once: one that is in the way would keep the pass from its end."""
    if policy is None:
        context.drop("networking.k8s.io/v1", "NetworkPolicy", component)
    else:
        context.apply(policy)


def leads_to_api(context: Context) -> bool:
    """Tell whether the Service that clients use selects the API's own pods."""
    service = context.owned("v1", "Service", context.panko.service_name)
    return service is not None and service["spec"].get("selector") == context.panko.selector("api")
