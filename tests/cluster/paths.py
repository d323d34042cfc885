"""Where the cluster keeps its files; it touches nothing outside these directories but what `down` takes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent


@dataclass(frozen=True, slots=True)
class Paths:
    """Directories of one cluster. `state` outlives a reboot, `run` need not, `cache` outlives the cluster."""

    state: Path
    run: Path
    cache: Path

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def audit_log(self) -> Path:
        return self.logs / "audit.log"

    @property
    def pki(self) -> Path:
        return self.state / "pki"

    @property
    def etc(self) -> Path:
        return self.state / "etc"

    @property
    def volumes(self) -> Path:
        return self.state / "volumes"

    @property
    def kubeconfig(self) -> Path:
        return self.state / "admin.kubeconfig"

    @property
    def identity(self) -> Path:
        return self.state / "identity.json"

    @property
    def containerd_socket(self) -> Path:
        return self.run / "containerd.sock"

    @property
    def binaries(self) -> Path:
        return self.cache / "bin"

    @property
    def images(self) -> Path:
        return self.cache / "images"

    @property
    def lock(self) -> Path:
        return self.cache / "lock"

    def log(self, component: str) -> Path:
        """Name the log of a component."""
        return self.logs / f"{component}.log"


def from_environment(environment: Mapping[str, str]) -> Paths:
    """Return the default directories, or those under PANKO_CLUSTER_DIR and XDG_CACHE_HOME."""
    cache = Path(environment["XDG_CACHE_HOME"]) if "XDG_CACHE_HOME" in environment else Path.home() / ".cache"
    if "PANKO_CLUSTER_DIR" in environment:
        state = Path(environment["PANKO_CLUSTER_DIR"]).resolve()
        return Paths(state=state, run=state / "run", cache=cache / "panko")
    return Paths(state=Path("/var/lib/panko-cluster"), run=Path("/run/panko-cluster"), cache=cache / "panko")
