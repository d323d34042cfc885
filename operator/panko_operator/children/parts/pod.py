"""What every pod has in common: the restricted Pod Security Standard, no token, and how images are pulled.

Pure. The containers and volumes are the callers'.
"""

from panko_operator.children.parts import trust
from panko_operator.children.parts.volume import scratch_volume, secret_volume
from panko_operator.resource import Panko
from panko_operator.world import Manifest

PANKO_UID = 42420  # the user `panko` of the image


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


def command(panko: Panko, component: str, *, image: str, argv: list[str], secret: str, restart: str) -> Manifest:
    """Build the pod template of a command that runs to its end with the panko.conf of one Secret."""
    volumes, mounts = trust.for_database(panko)
    main = container(
        panko,
        component,
        image=image,
        spec={
            "command": argv,
            "resources": {
                "requests": {"cpu": "50m", "memory": "128Mi"},
                "limits": {"cpu": "1", "memory": "512Mi"},
            },
            "volumeMounts": [
                {"name": "config", "mountPath": "/etc/panko", "readOnly": True},
                {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - the pod's own
                *mounts,
            ],
            "terminationMessagePolicy": "FallbackToLogsOnError",  # its last words are in the pod's status
        },
    )
    return template(
        panko,
        component,
        uid=PANKO_UID,
        spec={
            "restartPolicy": restart,
            "terminationGracePeriodSeconds": 30,
            "containers": [main],
            "volumes": [
                secret_volume("config", secret, keys=("panko.conf",)),
                scratch_volume("tmp", "64Mi"),
                *volumes,
            ],
        },
    )


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
