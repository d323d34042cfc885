"""HAProxy in front of the API's pods: its ConfigMap and its Deployment. What it is told is in haproxy_config.

Pure. Another configuration is another name, and so a rollout.
"""

from panko_operator.children import certificate
from panko_operator.children.parts import digest, pod
from panko_operator.children.parts.volume import secret_volume
from panko_operator.children.text import haproxy_config
from panko_operator.resource import Panko
from panko_operator.world import Manifest

DIRECTORY = haproxy_config.DIRECTORY
CONF_FILE = f"{DIRECTORY}/haproxy.cfg"
START = f'case "$POD_IPS" in *:*) export EVERY_ADDRESS=::;; esac; exec haproxy -W -db -f {CONF_FILE}'
UID = 99  # the user `haproxy` of the official image

# The end of a pod: first kube-proxy stops sending, then the soft stop ends what is under way, then the rest is cut.
FORGET_SECONDS = 5
EXIT_SECONDS = 10
GRACE_SECONDS = FORGET_SECONDS + haproxy_config.HARD_STOP_SECONDS + EXIT_SECONDS

# From its start until HAProxy knows the API's pods by DNS; clients that come earlier would get a 503.
RESOLVED_WITHIN_SECONDS = 3

TLS_KIB = 80  # on both sides of a connection: records and what OpenSSL keeps
BASE_MIB = 128  # the connections of watchers and the tables of addresses and credentials included


def config_map(panko: Panko, cluster_domain: str, *, pods_authority: str = "") -> Manifest:
    """Build the immutable ConfigMap with haproxy.cfg, and with the certificate of who signs for the API's pods."""
    data = {"haproxy.cfg": haproxy_config.render(panko, cluster_domain)}
    if pods_authority:
        data[haproxy_config.PODS_AUTHORITY] = pods_authority
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": panko.metadata(panko.haproxy_config_name(digest.plain(data)), "haproxy"),
        "immutable": True,
        "data": data,
    }


def deployment(panko: Panko, *, image: str, config_name: str, tls_name: str | None = None) -> Manifest:
    """Build the Deployment; `tls_name` is the Secret with what clients see."""
    volumes: list[Manifest] = [{"name": "config", "configMap": {"name": config_name}}]
    mounts = [{"name": "config", "mountPath": DIRECTORY, "readOnly": True}]
    if tls_name:
        volumes.append(certificate_volume(tls_name))
        mounts.append({"name": certificate.VOLUME, "mountPath": haproxy_config.TLS_DIRECTORY, "readOnly": True})
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
                    "containers": [container(panko, image, mounts=mounts)],
                    "volumes": volumes,
                },
            ),
        },
    }


def certificate_volume(secret: str) -> Manifest:
    """Build the volume of a certificate and its key, under the names by which HAProxy finds one beside the other."""
    volume = secret_volume(certificate.VOLUME, secret, keys=("tls.crt", "tls.key"))
    paths = {"tls.crt": haproxy_config.CERTIFICATE, "tls.key": f"{haproxy_config.CERTIFICATE}.key"}
    volume["secret"]["items"] = [{"key": key, "path": path} for key, path in paths.items()]
    return volume


def container(panko: Panko, image: str, *, mounts: list[Manifest]) -> Manifest:
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
            "resources": panko.spec.haproxy.resources
            or resources(panko.spec.haproxy.max_connections, tls_kib=TLS_KIB if panko.spec.tls else 0),
            "readinessProbe": {
                "httpGet": health,
                "initialDelaySeconds": RESOLVED_WITHIN_SECONDS,
                "periodSeconds": 2,
                "failureThreshold": 2,
            },
            "livenessProbe": {"httpGet": health, "periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 3},
            "lifecycle": {"preStop": {"exec": {"command": ["sleep", str(FORGET_SECONDS)]}}},
            "volumeMounts": mounts,
        },
    )


def resources(max_connections: int, *, tls_kib: int) -> Manifest:
    """Return what pods get when the spec does not say.

    A connection that is being served holds two buffers, one a direction, and some 32 KiB of its own, beside what TLS
    takes on both of its sides.
    """
    kib_a_connection = 2 * haproxy_config.BUFFER_BYTES // 1024 + 32 + tls_kib
    return {
        "requests": {"cpu": "50m", "memory": f"{BASE_MIB}Mi"},
        "limits": {
            "cpu": str(haproxy_config.THREADS),
            "memory": f"{BASE_MIB + -(-max_connections * kib_a_connection // 1024)}Mi",
        },
    }
