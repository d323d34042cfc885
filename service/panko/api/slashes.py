"""Ids with a slash: `a%2Fb` is one part of a path, but WSGI hands on what it stands for, which are two.

Between the server and the resources another character stands for such a slash.
"""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

import falcon

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

STAND_IN = "\0"  # no text that is stored has one
WRITTEN = re.compile("%2f", re.IGNORECASE)


def set_aside(environ: "WSGIEnvironment") -> None:
    """Let the stand-in be in the path where its text, which gunicorn and others keep, has an encoded slash."""
    url = str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or "")
    written = url.partition("?")[0]
    if not WRITTEN.search(written):
        return
    path = str(environ.get("PATH_INFO", ""))
    marked = _decoded(WRITTEN.sub("%00", written))
    if _decoded(written).endswith(path):  # before it may be what SCRIPT_NAME says
        environ["PATH_INFO"] = marked[len(marked) - len(path) :]


def _decoded(written: str) -> str:
    return unquote_to_bytes(written).decode("latin-1")  # as WSGI wants it


class Slashes:
    """Gives resources what their paths name, with its slashes."""

    def process_resource(
        self, _request: falcon.Request, _response: falcon.Response, _resource: object, params: dict[str, Any]
    ) -> None:
        """Put the slashes back."""
        for name, value in params.items():
            params[name] = value.replace(STAND_IN, "/")
