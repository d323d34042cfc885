"""What stands before every screen: the session becomes a token, which is proved as any other caller's is.

So the page has no right of its own: its requests pass the same authentication as those to /v2, with what the cookie
holds in place of a header.
"""

import urllib.parse
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import falcon

from panko.explore.frame import HTML, SESSION_KEY, is_by_script
from panko.explore.session.cookies import SESSION, Cookies, header
from panko.explore.session.following import following, here
from panko.explore.views.links import Links

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

# What a browser sends by itself is the cookie; a header would be another caller's.
PROOFS = ("HTTP_X_AUTH_TOKEN", "HTTP_X_SERVICE_TOKEN", "HTTP_AUTHORIZATION")
OPEN = ("/explore/login", "/explore/logout", "/explore/websso", "/explore/theme", "/explore/static/")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SAFE = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),  # no-referrer would hide from forms whose they are
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
PRIVATE = ("Cache-Control", "no-store")


def safe(app: "WSGIApplication") -> "WSGIApplication":
    """Tell browsers to run nothing of anybody else's, and to keep no screen of somebody's."""

    def answering(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def starting(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            named = {name.lower() for name, _ in headers}
            kept = [] if "cache-control" in named else [PRIVATE]
            return start_response(status, [*headers, *SAFE, *kept], *rest)

        return app(environ, starting)

    return answering


def believing(screens: "WSGIApplication", authenticated: "WSGIApplication") -> "WSGIApplication":
    """Let callers in as the service believes them to be, where there are no logins."""

    def answering(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return (screens if _is_open(environ) else authenticated)(environ, start_response)

    return answering


def proving(screens: "WSGIApplication", authenticated: "WSGIApplication", cookies: Cookies) -> "WSGIApplication":
    """Let callers in by their session, and send everybody else to log in."""

    def answering(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        for name in PROOFS:
            environ.pop(name, None)
        request = falcon.Request(environ)
        session = cookies.session(request)
        environ[SESSION_KEY] = session
        if _is_open(environ):
            return screens(environ, start_response)
        links = Links(f"{request.root_path}/explore")
        if session is None:
            return _redirect(request, start_response, links.login(_wanted(request)))
        if not session.token:
            return _redirect(request, start_response, links.project(_wanted(request)))
        environ["HTTP_X_AUTH_TOKEN"] = session.token
        return _unless_refused(request, start_response, authenticated)

    return answering


def _unless_refused(
    request: falcon.Request, start_response: "StartResponse", app: "WSGIApplication"
) -> Iterable[bytes]:
    """Answer, or send to log in who has a token that is worth nothing any longer."""
    refused = False

    def starting(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        nonlocal refused
        if status.startswith("401"):
            refused = True
            return lambda _content: None
        return start_response(status, headers, *rest)

    content = app(request.env, starting)
    if not refused:
        return content
    close = getattr(content, "close", None)
    if close:
        close()
    links = Links(f"{request.root_path}/explore")
    return _redirect(
        request, start_response, links.login(_wanted(request)), ("Set-Cookie", header(request, SESSION, ""))
    )


def _redirect(
    request: falcon.Request, start_response: "StartResponse", url: str, *more: tuple[str, str]
) -> Iterable[bytes]:
    # Script asks for a part of a screen: it has to leave as a whole.
    status, name = ("200 OK", "HX-Redirect") if is_by_script(request) else ("303 See Other", "Location")
    start_response(status, [(name, url), ("Content-Type", HTML), ("Content-Length", "0"), *more])
    return [b""]


def _wanted(request: falcon.Request) -> str:
    """Return where somebody goes on after a login: who has met it by a part of a screen, to the screen."""
    screen = request.get_header("HX-Current-URL") if is_by_script(request) else None
    if not screen:
        return here(request)
    try:
        parts = urllib.parse.urlsplit(screen)
    except ValueError:  # no browser has sent that
        return here(request)
    return following(request, f"{parts.path}?{parts.query}" if parts.query else parts.path)


def _is_open(environ: "WSGIEnvironment") -> bool:
    return str(environ.get("PATH_INFO", "")).startswith(OPEN)
