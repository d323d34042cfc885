"""The files that come with the page: one style sheet, and script that it does without. Nothing is fetched elsewhere."""

import dataclasses
import gzip
import hashlib
from pathlib import Path

import falcon

FOLDER = Path(__file__).parent / "static"
# Under short names, for templates; in the order in which scripts run.
NAMES = {
    "style": "explore.css",
    "htmx": "htmx-4.0.1.min.js",
    "csp": "hx-csp-4.0.1.min.js",
    "script": "explore.js",
    "brush": "brush.js",
    "panel": "panel.js",
    "live": "live.js",
    "saved": "saved.js",
    "icon": "explore.svg",
}
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
A_YEAR = "public, max-age=31536000, immutable"


@dataclasses.dataclass(frozen=True, slots=True)
class File:
    """A file as it is sent; its URL changes with its content."""

    content: bytes
    packed: bytes
    media_type: str
    digest: str


class Files:
    """All of them, read once."""

    def __init__(self) -> None:
        self._files = {name: _read(FOLDER / name) for name in NAMES.values()}

    def urls(self, root: str) -> dict[str, str]:
        """Return the URLs by their short names."""
        return {short: f"{root}/static/{name}?v={self._files[name].digest}" for short, name in NAMES.items()}

    def on_get(self, request: falcon.Request, response: falcon.Response, name: str) -> None:
        """Send a file."""
        file = self._files.get(name)
        if file is None:
            raise falcon.HTTPNotFound
        response.content_type = file.media_type
        if request.get_param("v") == file.digest:  # or, while releases change, another one's content would stay
            response.set_header("Cache-Control", A_YEAR)
        response.set_header("Vary", "Accept-Encoding")
        if "gzip" in (request.get_header("Accept-Encoding") or ""):
            response.set_header("Content-Encoding", "gzip")
            response.data = file.packed
        else:
            response.data = file.content


def _read(path: Path) -> File:
    content = path.read_bytes()
    return File(
        content,
        packed=gzip.compress(content, mtime=0),
        media_type=TYPES[path.suffix],
        digest=hashlib.sha256(content).hexdigest()[:16],
    )
