"""Where somebody goes on after a login: to a screen of this page, and nowhere else."""

import re
from urllib.parse import quote

import falcon

from panko.api.slashes import STAND_IN

MOST_CHARACTERS = 8000
PLAIN = re.compile(r"[\x21-\x5b\x5d-\x7e]*")  # no space, no control character, no backslash, which browsers read as /

KEPT = "/~:@!$&'()*+,;="  # of a path, beside what never needs an encoding


def following(request: falcon.Request, wanted: str) -> str:
    """Return the URL that is wanted when it is one of this page, else that of its first screen."""
    root = f"{request.root_path}/explore"
    inside = wanted == root or wanted.startswith((f"{root}/", f"{root}?"))
    if not inside or len(wanted) > MOST_CHARACTERS or not PLAIN.fullmatch(wanted) or "/../" in wanted:
        return f"{root}/"
    return wanted


def path(request: falcon.Request) -> str:
    """Return the path of a request as it stands in a URL."""
    parts = quote(request.path, safe=KEPT, errors="replace").replace(quote(STAND_IN), quote("/", safe=""))
    return f"{request.root_path}{parts}"


def here(request: falcon.Request) -> str:
    """Return the URL of a request on this server."""
    return f"{path(request)}?{request.query_string}" if request.query_string else path(request)


def see_other(url: str, response: falcon.Response) -> None:
    """Send a browser on, by GET."""
    response.status = falcon.HTTP_303
    response.set_header("Location", url)
