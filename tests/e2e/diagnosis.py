"""What a person would look at first when something on the cluster fails."""

from live.cluster import Cluster
from live.errors import LiveError
from live.installation import Installation

_LOOKS = (
    ("get", "pods", "--all-namespaces"),
    ("describe", "pankos", "--all-namespaces"),
    ("get", "events", "--all-namespaces", "--sort-by=.lastTimestamp"),
)
_LINES = 60


def told(cluster: Cluster) -> str:
    """Return pods, Pankos, the newest Kubernetes Events and the end of the operator's log."""
    parts = [_end(" ".join(words), cluster.kubectl(*words)) for words in _LOOKS]
    try:
        parts.append(_end("operator log", Installation(cluster).log(lines=_LINES)))
    except LiveError as error:
        parts.append(str(error))
    return "\n\n".join(parts)


def _end(title: str, text: str) -> str:
    return "\n".join([f"--- {title}", *text.rstrip().splitlines()[-_LINES:]])
