"""Write a file only when its content changes: kube-proxy ends when its configuration file is touched."""

from pathlib import Path


def write(path: Path, content: str, *, mode: int = 0o600) -> None:
    """Give a file this content and mode, readable by nobody else in between."""
    if path.exists() and path.read_text() == content:
        return
    path.touch(mode=mode)
    path.chmod(mode)
    path.write_text(content)
