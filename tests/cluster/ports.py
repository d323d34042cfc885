"""The ports of the host that the cluster listens on: unusual ones, so that another cluster's stay free."""

from typing import Final

import command
from errors import PortTakenError

ETCD: Final = 23790
ETCD_PEER: Final = 23800
APISERVER: Final = 16443
CONTROLLER_MANAGER: Final = 16257
SCHEDULER: Final = 16259
KUBELET: Final = 16250
KUBELET_HEALTH: Final = 16248
PROXY_HEALTH: Final = 16256
PROXY_METRICS: Final = 16249
DNS: Final = 16053
DNS_HEALTH: Final = 16080
DNS_READY: Final = 16081


def require_free(port: int, component: str) -> None:
    """Raise PortTakenError, naming the process, when somebody listens on the port."""
    listening = command.output(("ss", "-Hltnp", f"sport = :{port}")).strip()
    if listening:
        owner = listening.split("users:", 1)[1] if "users:" in listening else "an unknown process"
        raise PortTakenError(port, component, owner.splitlines()[0].strip())
