"""The HorizontalPodAutoscaler of the API's pods.

Pure. With it the number of pods is nobody's but Kubernetes': the Deployment does not say it.
"""

from panko_operator.resource import Panko
from panko_operator.world import Manifest


def autoscaler(panko: Panko) -> Manifest | None:
    """Build the autoscaler; None where the number of pods is fixed."""
    wanted = panko.spec.scaled
    if wanted is None:
        return None
    target = {"type": "Utilization", "averageUtilization": wanted.target_cpu_percent}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": panko.metadata(panko.api_name, "api"),
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": panko.api_name},
            "minReplicas": wanted.min_replicas,
            "maxReplicas": wanted.max_replicas,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        },
    }
