"""The collector's Deployment. Pure.

A pod that ends gives back what it has not stored, and another one takes it: nothing has to be drained.
"""

from typing import Final

from panko_operator.children import config
from panko_operator.children.collector.config import DEFINITIONS, HEALTH_PORT
from panko_operator.children.parts import pod, trust, volume
from panko_operator.resource import Panko
from panko_operator.resource.spec.workloads.collector import Collector
from panko_operator.world import Manifest

ACCOUNT_ANNOTATION: Final = "panko.openstack.org/database-account"
GRACE_SECONDS: Final = 60  # the batch at work is stored, or given back when the database is away
# It takes about 150 MiB, and a few batches of notifications that may be large; one core at most.
RESOURCES: Final[Manifest] = {
    "requests": {"cpu": "100m", "memory": "256Mi"},
    "limits": {"cpu": "1", "memory": "1Gi"},
}


def deployment(
    panko: Panko, collector: Collector, *, image: str, config_name: str, account: str, replicas: int | None
) -> Manifest:
    """Build the Deployment; another configuration is another `config_name`, and so a rollout.

    The database account that is in it is told on each pod: it is kept until no pod has it. Without `replicas` it leaves
    the number of pods to the autoscaler.
    """
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": panko.metadata(panko.collector_name, "collector"),
        "spec": {
            **({} if replicas is None else {"replicas": replicas}),
            "selector": {"matchLabels": panko.selector("collector")},
            "revisionHistoryLimit": 2,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "template": template(panko, collector, image=image, config_name=config_name, account=account),
        },
    }


def template(panko: Panko, collector: Collector, *, image: str, config_name: str, account: str) -> Manifest:
    """Build the pod template; labels and annotations of the spec are added to, never replace, our own."""
    volumes, mounts = trust.for_collector(panko)
    files = ("panko.conf", DEFINITIONS) if collector.definitions else ("panko.conf",)
    built = pod.template(
        panko,
        "collector",
        uid=pod.PANKO_UID,
        spec={
            **pod.scheduling(panko, "collector", collector.pods),
            "terminationGracePeriodSeconds": GRACE_SECONDS,
            "containers": [_container(panko, collector, image, mounts=mounts)],
            "volumes": [
                volume.secret_volume("config", config_name, keys=files),
                volume.scratch_volume("tmp", "64Mi"),
                *volumes,
            ],
        },
    )
    built["metadata"]["labels"] = {**collector.pods.labels, **built["metadata"]["labels"]}
    built["metadata"]["annotations"] = {**collector.pods.annotations, ACCOUNT_ANNOTATION: account}
    return built


def _container(panko: Panko, collector: Collector, image: str, *, mounts: list[Manifest]) -> Manifest:
    return pod.container(
        panko,
        "collector",
        image=image,
        spec={
            "command": ["panko-collector", "--config-file", config.CONF_FILE],
            "ports": [{"name": "metrics", "containerPort": HEALTH_PORT, "protocol": "TCP"}],
            "resources": collector.pods.resources or RESOURCES,
            **_probes(),
            "volumeMounts": [*volume.mounts(config.DIRECTORY), *mounts],
        },
    )


def _probes() -> Manifest:
    """Build the probes. A pod is ready while RabbitMQ is there; neither of the two others looks at anything outside."""
    alive = {"path": "/healthz", "port": "metrics"}
    return {
        "startupProbe": {"httpGet": alive, "periodSeconds": 2, "timeoutSeconds": 2, "failureThreshold": 60},
        "readinessProbe": {
            "httpGet": {"path": "/readyz", "port": "metrics"},
            "periodSeconds": 5,
            "timeoutSeconds": 5,
            "failureThreshold": 3,
        },
        "livenessProbe": {"httpGet": alive, "periodSeconds": 30, "timeoutSeconds": 10, "failureThreshold": 3},
    }
