"""What a browser keeps while somebody logs in at Keystone: that they left from here, and where they want to go on.

The token comes back in a form of another site, with which browsers send no cookie but one of `SameSite=None`. So this
is a cookie of its own, which opens nothing: for the path of the way back alone, for minutes, and for one use.
"""

import dataclasses
import json
from collections.abc import Iterable

import falcon

from panko.explore.session.cookies import MOST_CHARACTERS, header, name_of
from panko.explore.session.keys import Keys

NAME = "panko-websso"
LASTS_SECONDS = 600
# No cookie that a browser sends has a line break in it: whatever else these keys seal is none of these.
MARK = b"websso\n"


@dataclasses.dataclass(frozen=True, slots=True)
class Departure:
    """Where somebody goes on after the login, and the tokens of the session that it takes the place of."""

    wanted: str
    former: tuple[str, ...] = ()


def kept(request: falcon.Request, keys: Keys, departure: Departure) -> str:
    """Return the header that makes a browser keep it, without the URL where that is too long."""
    sealed = _sealed(keys, departure)
    if len(sealed) > MOST_CHARACTERS:
        sealed = _sealed(keys, dataclasses.replace(departure, wanted=""))
    return _header(request, sealed)


def taken(request: falcon.Request, response: falcon.Response, keys: Keys) -> Departure | None:
    """Return what a browser kept, and take it away."""
    sent = request.get_cookie_values(name_of(NAME, request)) or ()
    if sent:
        response.append_header("Set-Cookie", _header(request, ""))
    return _first(keys.opened(text, seconds=LASTS_SECONDS) for text in sent)


def _first(contents: Iterable[bytes | None]) -> Departure | None:
    for content in contents:
        if content is not None and content.startswith(MARK):
            wanted, *former = map(str, json.loads(content.removeprefix(MARK)))
            return Departure(wanted, tuple(former))
    return None


def _sealed(keys: Keys, departure: Departure) -> str:
    return keys.sealed(MARK + json.dumps([departure.wanted, *departure.former]).encode())


def _header(request: falcon.Request, value: str) -> str:
    return header(request, NAME, value, path="/websso", seconds=LASTS_SECONDS, same_site="None")
