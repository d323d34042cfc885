"""What can go wrong while driving a live cluster, as one tree."""

from pathlib import Path


class LiveError(Exception):
    """The cluster did not do what was asked."""


class CommandError(LiveError):
    """A program that was called ended with an error."""

    def __init__(self, command: str, status: int, output: str) -> None:
        super().__init__(f"`{command}` ended with status {status}:\n{output.strip()[-4000:]}")
        self.output = output


class TimeoutOfWaitError(LiveError):
    """A bounded wait ran out."""

    def __init__(self, what: str, seconds: float, seen: str) -> None:
        super().__init__(f"{what} did not come true within {seconds:.0f} s.\n{seen}".rstrip())


class ToolMissingError(LiveError):
    """kubectl or helm is not there."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} was not found; run `python3 tests/cluster up`, which puts it into ~/.cache/panko/bin")


class NoAuditLogError(LiveError):
    """The API server of this cluster writes no audit log to where the tests read it."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"there is no audit log at {path}: make the cluster as docs/kind.md says")


class NoProcessError(LiveError):
    """The processes of a pod are not on this machine."""

    def __init__(self, pod: str) -> None:
        super().__init__(
            f"no process of pod {pod} was found; run the tests as root on the machine that is the cluster's node, "
            "or make the cluster there as docs/kind.md says"
        )
