"""Forms that no other site can send: what a form holds has to fit what the browser keeps."""

import hmac
import secrets
import urllib.parse
from collections.abc import Mapping

import falcon

from panko.api.messages.pieces import pieces
from panko.errors import ForbiddenError, InvalidInputError
from panko.explore.session.cookies import FORM, LONGEST_SECONDS, Session, header, name_of
from panko.explore.session.keys import Keys

MOST_BYTES = 32 * 1024
MOST_FIELDS = 20
LASTS_SECONDS = 3600
FIELD = "form"
OUTDATED = "This form is outdated, or your browser keeps no cookies. Open it again, by https or on this machine itself."


def fields(request: falcon.Request) -> Mapping[str, str]:
    """Return what a form says. Raise InvalidInputError."""
    content = b"".join(pieces(request, MOST_BYTES))
    try:
        return dict(urllib.parse.parse_qsl(content.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise InvalidInputError("The form cannot be read. Open the page again, and send it from there.") from error


def issued(keys: Keys, request: falcon.Request, response: falcon.Response) -> str:
    """Return what a form of somebody has to hold who has not logged in, and let the browser keep its other half."""
    kept = (request.get_cookie_values(name_of(FORM, request)) or [""])[0]
    mine = kept or secrets.token_urlsafe(16)
    response.append_header("Set-Cookie", header(request, FORM, mine))
    return keys.sealed(mine.encode(errors="replace"))


def require_issued(keys: Keys, request: falcon.Request, sent: Mapping[str, str]) -> None:
    """Raise ForbiddenError unless this browser got the form from here."""
    require_own_site(request)
    opened = keys.opened(sent.get(FIELD, ""), seconds=LASTS_SECONDS)
    kept = request.get_cookie_values(name_of(FORM, request)) or []
    if opened is None or not any(hmac.compare_digest(one.encode(errors="replace"), opened) for one in kept):
        raise ForbiddenError(OUTDATED)


def sealed(keys: Keys, session: Session) -> str:
    """Return what the forms of a session have to hold."""
    return keys.sealed(session.secret.encode())


def require_own(keys: Keys, session: Session, *, request: falcon.Request, sent: Mapping[str, str]) -> None:
    """Raise ForbiddenError unless a page of this session has sent the form."""
    require_own_site(request)
    opened = keys.opened(sent.get(FIELD, ""), seconds=LONGEST_SECONDS)
    if opened is None or not hmac.compare_digest(opened, session.secret.encode()):
        raise ForbiddenError(OUTDATED)


def require_own_site(request: falcon.Request) -> None:
    """Raise ForbiddenError where the browser says that another site has sent the form."""
    if not is_own_site(request):
        raise ForbiddenError("Another site sent this form. Open the page itself, and send it from there.")


def is_own_site(request: falcon.Request) -> bool:
    """Tell whether a request comes from this page, as far as the browser says."""
    site, origin = request.get_header("Sec-Fetch-Site"), request.get_header("Origin")
    if site is not None:  # of browsers of the last years, by TLS
        return site in ("same-origin", "none")
    # What says neither is no browser, or so old a one that the form's proof has to do.
    return origin is None or _host(origin) == _host(f"//{request.netloc}") != ""


def _host(url: str) -> str:
    # Without the port: a proxy may listen at another one than it tells.
    try:
        return urllib.parse.urlsplit(url).hostname or ""
    except ValueError:
        return ""
