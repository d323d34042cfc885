"""What every pod has in common: the restricted Pod Security Standard, no token, and how images are pulled.

Pure. The containers and volumes are the callers'.
"""

from panko_operator.children.parts import trust
from panko_operator.children.parts.volume import mounts as own_mounts
from panko_operator.children.parts.volume import scratch_volume, secret_volume
from panko_operator.resource import Panko
from panko_operator.resource.spec.workloads.pods import Pods
from panko_operator.world import Manifest

PANKO_UID = 42420  # the user `panko` of the image
REPORT_FILE = "/dev/termination-log"  # what is written there is in the pod's status
GRACE_SECONDS = 30  # a command ends after the transaction at work


def template(panko: Panko, component: str, *, uid: int, spec: Manifest) -> Manifest:
    """Build a pod template around `spec`, run as `uid` under the restricted Pod Security Standard."""
    pull = {"imagePullSecrets": list(panko.spec.image_pull_secrets)} if panko.spec.image_pull_secrets else {}
    return {
        "metadata": {"labels": panko.labels(component)},
        "spec": {
            **spec,
            **pull,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,  # a Service named panko would set PANKO_PORT and the like
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": uid,
                "runAsGroup": uid,
                "fsGroup": uid,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
        },
    }


def container(panko: Panko, name: str, *, image: str, spec: Manifest) -> Manifest:
    """Build a container that can change nothing but its volumes."""
    policy = {"imagePullPolicy": panko.spec.image_pull_policy} if panko.spec.image_pull_policy else {}
    return {
        "name": name,
        "image": image,
        **policy,
        **spec,
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }


def command(  # noqa: PLR0913 -- what a command differs in
    panko: Panko,
    component: str,
    *,
    image: str,
    argv: list[str],
    secret: str,
    restart: str,
    besides: tuple[list[Manifest], list[Manifest]] = ([], []),
    grace_seconds: int = GRACE_SECONDS,
) -> Manifest:
    """Build the pod template of a command that runs to its end with the panko.conf of one Secret.

    `besides` are volumes and mounts of this command alone.
    """
    volumes, mounts = (known + more for known, more in zip(trust.for_database(panko), besides, strict=True))
    return template(
        panko,
        component,
        uid=PANKO_UID,
        spec={
            "restartPolicy": restart,
            "terminationGracePeriodSeconds": grace_seconds,
            "containers": [container(panko, component, image=image, spec=_to_its_end(argv, mounts))],
            "volumes": [
                secret_volume("config", secret, keys=("panko.conf",)),
                scratch_volume("tmp", "64Mi"),
                *volumes,
            ],
        },
    )


def _to_its_end(argv: list[str], mounts: list[Manifest]) -> Manifest:
    """Return what is special of a container whose command ends."""
    return {
        "command": argv,
        "resources": {
            "requests": {"cpu": "50m", "memory": "128Mi"},
            "limits": {"cpu": "1", "memory": "512Mi"},
        },
        "volumeMounts": [*own_mounts("/etc/panko"), *mounts],
        "terminationMessagePolicy": "FallbackToLogsOnError",  # its last words are in the pod's status
    }


def scheduling(panko: Panko, component: str, pods: Pods) -> Manifest:
    """Return where pods may run: as in the spec, and spread over hosts and zones unless it says otherwise."""
    written = {
        "nodeSelector": dict(pods.node_selector),
        "tolerations": list(pods.tolerations),
        "affinity": pods.affinity,
        "priorityClassName": pods.priority_class_name,
    }
    spread = pods.topology_spread_constraints
    wanted = soft_spread(panko, component) if spread is None else list(spread)
    return {key: value for key, value in {**written, "topologySpreadConstraints": wanted}.items() if value}


def soft_spread(panko: Panko, component: str) -> list[Manifest]:
    """Build constraints that put the pods of a component on different hosts and zones where there are any."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": panko.selector(component)},
            "matchLabelKeys": ["pod-template-hash"],  # a rollout's old pods do not count
        }
        for key in ("kubernetes.io/hostname", "topology.kubernetes.io/zone")
    ]
