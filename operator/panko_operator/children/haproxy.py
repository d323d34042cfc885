"""HAProxy in front of the API's pods: its ConfigMap and its Deployment. What it is told is in haproxy_config.

Pure. Another configuration is another name, and so a rollout.
"""

from panko_operator.children.parts import digest, pod
from panko_operator.children.text import haproxy_config
from panko_operator.resource import Panko
from panko_operator.world import Manifest

DIRECTORY = "/usr/local/etc/haproxy"
CONF_FILE = f"{DIRECTORY}/haproxy.cfg"
START = f'case "$POD_IPS" in *:*) export EVERY_ADDRESS=::;; esac; exec haproxy -W -db -f {CONF_FILE}'
UID = 99  # the user `haproxy` of the official image

# The end of a pod: first kube-proxy stops sending, then the soft stop ends what is under way, then the rest is cut.
FORGET_SECONDS = 5
EXIT_SECONDS = 10
GRACE_SECONDS = FORGET_SECONDS + haproxy_config.HARD_STOP_SECONDS + EXIT_SECONDS

# From its start until HAProxy knows the API's pods by DNS; clients that come earlier would get a 503.
RESOLVED_WITHIN_SECONDS = 3

BASE_MIB = 128  # the connections of watchers and the tables of addresses and credentials included


def config_map(panko: Panko, cluster_domain: str) -> Manifest:
    """Build the immutable ConfigMap with haproxy.cfg."""
    data = {"haproxy.cfg": haproxy_config.render(panko, cluster_domain)}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": panko.metadata(panko.haproxy_config_name(digest.plain(data)), "haproxy"),
        "immutable": True,
        "data": data,
    }


def deployment(panko: Panko, *, image: str, config_name: str) -> Manifest:
    """Build the Deployment."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": panko.metadata(panko.haproxy_name, "haproxy"),
        "spec": {
            "replicas": panko.spec.haproxy.replicas,
            "selector": {"matchLabels": panko.selector("haproxy")},
            "minReadySeconds": 5,  # until kube-proxy knows a new pod everywhere
            "revisionHistoryLimit": 2,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "template": pod.template(
                panko,
                "haproxy",
                uid=UID,
                spec={
                    "topologySpreadConstraints": pod.soft_spread(panko, "haproxy"),
                    "terminationGracePeriodSeconds": GRACE_SECONDS,
                    "containers": [container(panko, image)],
                    "volumes": [{"name": "config", "configMap": {"name": config_name}}],
                },
            ),
        },
    }


def container(panko: Panko, image: str) -> Manifest:
    """Build the container. The image's stop signal has to be SIGUSR1, as in the official image: the soft stop."""
    health = {"path": "/healthz", "port": "metrics"}
    return pod.container(
        panko,
        "haproxy",
        image=image,
        spec={
            "command": ["sh", "-c", START],
            "env": [{"name": "POD_IPS", "valueFrom": {"fieldRef": {"fieldPath": "status.podIPs"}}}],
            "ports": [
                {"name": "http", "containerPort": haproxy_config.PORT, "protocol": "TCP"},
                {"name": "metrics", "containerPort": haproxy_config.METRICS_PORT, "protocol": "TCP"},
            ],
            "resources": panko.spec.haproxy.resources or resources(panko.spec.haproxy.max_connections),
            "readinessProbe": {
                "httpGet": health,
                "initialDelaySeconds": RESOLVED_WITHIN_SECONDS,
                "periodSeconds": 2,
                "failureThreshold": 2,
            },
            "livenessProbe": {"httpGet": health, "periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 3},
            "lifecycle": {"preStop": {"exec": {"command": ["sleep", str(FORGET_SECONDS)]}}},
            "volumeMounts": [{"name": "config", "mountPath": DIRECTORY, "readOnly": True}],
        },
    )


def resources(max_connections: int) -> Manifest:
    """Return what pods get when the spec does not say.

    A connection that is being served holds two buffers, one a direction, and some 32 KiB of its own.
    """
    kib_a_connection = 2 * haproxy_config.BUFFER_BYTES // 1024 + 32
    return {
        "requests": {"cpu": "50m", "memory": f"{BASE_MIB}Mi"},
        "limits": {
            "cpu": str(haproxy_config.THREADS),
            "memory": f"{BASE_MIB + -(-max_connections * kib_a_connection // 1024)}Mi",
        },
    }
