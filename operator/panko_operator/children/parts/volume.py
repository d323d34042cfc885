"""The volumes of pods: keys of a Secret, and empty space. Pure."""

from panko_operator.world import Manifest

READABLE_BY_GROUP = 0o440


def secret_volume(name: str, secret: str, *, keys: tuple[str, ...]) -> Manifest:
    """Build a volume of some keys of a Secret, readable by the pod's group alone."""
    return {
        "name": name,
        "secret": {
            "secretName": secret,
            "defaultMode": READABLE_BY_GROUP,
            "items": [{"key": key, "path": key} for key in keys],
        },
    }


def scratch_volume(name: str, size: str) -> Manifest:
    """Build an empty, bounded volume."""
    return {"name": name, "emptyDir": {"sizeLimit": size}}


def mounts(configuration: str) -> list[Manifest]:
    """Mount the volumes that every container of Panko has: its configuration at a directory, and room for files."""
    return [
        {"name": "config", "mountPath": configuration, "readOnly": True},
        {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - the pod's own
    ]
