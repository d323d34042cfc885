"""The API's Deployment and the headless Service that lists its pods.

Pure. The figures around the end of a pod belong together; docs/availability.md tells the whole order.
"""

from panko_operator.children import certificate, config
from panko_operator.children.parts import pod, trust, volume
from panko_operator.resource import Panko
from panko_operator.world import Manifest

# The end of a pod: HAProxy sees /healthcheck answer 404 and sends nothing new, then gunicorn ends what is under way.
DRAIN_SECONDS = 5
GRACEFUL_SECONDS = 20  # gunicorn's graceful_timeout
EXIT_SECONDS = 5
GRACE_SECONDS = DRAIN_SECONDS + GRACEFUL_SECONDS + EXIT_SECONDS

# An old pod may go only when every client can know the new one. HAProxy learns of it by DNS, which CoreDNS caches for
# 30 s unless told otherwise; without HAProxy it is kube-proxy that has to hear of it.
MIN_READY_SECONDS_BY_DNS = 30
MIN_READY_SECONDS_BY_KUBE_PROXY = 5

# That wait is the most of a rollout, so pods wait together. With more at once a large Panko would need twice its
# connections to the database, and twice its place on the nodes.
NEW_AT_ONCE = 4


def deployment(
    panko: Panko, *, image: str, config_name: str, replicas: int | None, tls_name: str | None = None
) -> Manifest:
    """Build the Deployment; another configuration is another `config_name`, and so a rollout; so is a certificate.

    Without `replicas` it leaves the number of pods to the autoscaler.
    """
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": panko.metadata(panko.api_name, "api"),
        "spec": {
            **({} if replicas is None else {"replicas": replicas}),
            "selector": {"matchLabels": panko.selector("api")},
            "minReadySeconds": MIN_READY_SECONDS_BY_DNS
            if panko.spec.haproxy.enabled
            else MIN_READY_SECONDS_BY_KUBE_PROXY,
            "revisionHistoryLimit": 2,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": NEW_AT_ONCE}},
            "template": template(panko, image=image, config_name=config_name, tls_name=tls_name),
        },
    }


def image_of(live: Manifest) -> str:
    """Return the image that a live Deployment runs."""
    containers = live["spec"]["template"]["spec"]["containers"]
    return str(next(one["image"] for one in containers if one["name"] == "api"))


def headless_service(panko: Panko) -> Manifest:
    """Build the Service by which HAProxy finds the pods, and Prometheus their figures.

    It lists pods before they are ready and while they drain: HAProxy checks each twice a second and knows better.
    """
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": panko.metadata(panko.api_pods_name, "api"),
        "spec": {
            "clusterIP": "None",
            "publishNotReadyAddresses": True,
            "selector": panko.selector("api"),
            "ports": [
                {"name": "http", "port": config.LISTEN_PORT, "targetPort": "http", "protocol": "TCP"},
                {"name": "metrics", "port": config.METRICS_PORT, "targetPort": "metrics", "protocol": "TCP"},
            ],
        },
    }


def template(panko: Panko, *, image: str, config_name: str, tls_name: str | None = None) -> Manifest:
    """Build the pod template; labels and annotations of the spec are added to, never replace, our own."""
    volumes, mounts = trust.for_api(panko)
    if tls_name:
        volumes.append(volume.secret_volume(certificate.VOLUME, tls_name, keys=("tls.crt", "tls.key")))
        mounts.append({"name": certificate.VOLUME, "mountPath": config.TLS_DIRECTORY, "readOnly": True})
    built = pod.template(
        panko,
        "api",
        uid=pod.PANKO_UID,
        spec={
            **pod.scheduling(panko, "api", panko.spec.api.pods),
            "terminationGracePeriodSeconds": GRACE_SECONDS,
            "containers": [container(panko, image, mounts=mounts)],
            "volumes": [
                volume.secret_volume("config", config_name, keys=config.files(panko)),
                volume.scratch_volume("run", "1Mi"),
                volume.scratch_volume("tmp", "256Mi"),
                *volumes,
            ],
        },
    )
    built["metadata"]["labels"] = {**panko.spec.api.pods.labels, **built["metadata"]["labels"]}
    if panko.spec.api.pods.annotations:
        built["metadata"]["annotations"] = dict(panko.spec.api.pods.annotations)
    return built


def container(panko: Panko, image: str, *, mounts: list[Manifest]) -> Manifest:
    """Build the container that runs panko-api, with further mounts."""
    return pod.container(
        panko,
        "api",
        image=image,
        spec={
            # The volume of the drain flag outlives the container: one that is restarted must not come up draining.
            "command": [
                "sh",
                "-c",
                f"rm -f {config.DRAIN_FILE} && exec panko-api --config-file {config.CONF_FILE}",
            ],
            "ports": [
                {"name": "http", "containerPort": config.LISTEN_PORT, "protocol": "TCP"},
                {"name": "metrics", "containerPort": config.METRICS_PORT, "protocol": "TCP"},
            ],
            "resources": panko.spec.api.pods.resources
            or resources(panko.spec.api.workers, scaled=panko.spec.scaled is not None),
            **probes("HTTPS" if panko.spec.tls else "HTTP"),
            "lifecycle": {
                "preStop": {"exec": {"command": ["sh", "-c", f"touch {config.DRAIN_FILE} && sleep {DRAIN_SECONDS}"]}}
            },
            "volumeMounts": [
                {"name": "config", "mountPath": config.DIRECTORY, "readOnly": True},
                {"name": "run", "mountPath": "/run/panko"},
                {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - the pod's own
                *mounts,
            ],
        },
    )


def probes(scheme: str) -> Manifest:
    """Build the probes; the kubelet believes any certificate. None looks at the database, or its outage would be ours.

    Liveness asks for the version document, which is served while draining. A request is bound by 10 s, so a probe that
    queues behind two of them on a busy pod is still answered within its 30 s; three that are not mean a dead process.
    """
    encrypted = {"scheme": scheme} if scheme != "HTTP" else {}
    versions = {"path": "/", "port": "http", **encrypted}
    return {
        "startupProbe": {"httpGet": versions, "periodSeconds": 1, "timeoutSeconds": 2, "failureThreshold": 120},
        "readinessProbe": {
            "httpGet": {"path": "/healthcheck", "port": "http", **encrypted},
            "periodSeconds": 5,
            "timeoutSeconds": 5,
            "failureThreshold": 3,
        },
        "livenessProbe": {"httpGet": versions, "periodSeconds": 30, "timeoutSeconds": 30, "failureThreshold": 3},
    }


def resources(workers: int, *, scaled: bool) -> Manifest:
    """Return what pods get when the spec does not say: by the number of worker processes.

    A worker takes about 100 MiB, and more under pages of 10,000 events. It uses one core at most, so the limit of the
    processor never throttles it. An autoscaler measures by the request: half of what the workers can use.
    """
    return {
        "requests": {"cpu": f"{500 * workers}m" if scaled else "100m", "memory": f"{64 + 128 * workers}Mi"},
        "limits": {"cpu": str(workers), "memory": f"{256 + 384 * workers}Mi"},
    }
