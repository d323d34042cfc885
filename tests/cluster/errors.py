"""What can go wrong here, as one tree; each message says what to do next."""

from pathlib import Path


class ClusterError(Exception):
    """The verb cannot go on."""


class CommandError(ClusterError):
    """A program that was called ended with an error."""

    def __init__(self, command: str, status: int, output: str) -> None:
        tail = "\n".join(output.strip().splitlines()[-15:])
        super().__init__(f"`{command}` ended with status {status}:\n{tail}")
        self.output = output


class WaitError(ClusterError):
    """A bounded wait ran out; shows where to look and the last lines of the log."""

    def __init__(self, what: str, seconds: float, log: Path | None = None) -> None:
        where = "" if log is None else f"\nLog: {log}\n{_tail(log)}"
        super().__init__(f"{what} was not ready within {seconds:.0f} s.{where}")


class PortTakenError(ClusterError):
    """A port that the cluster needs belongs to another process."""

    def __init__(self, port: int, component: str, owner: str) -> None:
        super().__init__(f"port {port}, which {component} needs, is taken by {owner}; stop it and try again.")


class LeftBehindError(ClusterError):
    """`down` could not remove everything that `up` had made."""

    def __init__(self, leftovers: list[str]) -> None:
        super().__init__("left behind on this machine:\n" + "\n".join(f"  {line}" for line in leftovers))


def _tail(log: Path, lines: int = 20) -> str:
    if not log.exists():
        return "(the log does not exist)"
    return "\n".join(f"  | {line}" for line in log.read_text(errors="replace").splitlines()[-lines:])
