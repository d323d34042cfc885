"""The cookie in which a browser keeps who has logged in. Only these keys can read it, and nothing is kept here."""

import dataclasses
import json
import secrets

import falcon

from panko.explore.session.keys import Keys

SESSION, FORM = "panko-session", "panko-form"
SECURE_PREFIX = "__Secure-"
LONGEST_SECONDS = 12 * 3600  # tokens end long before
MOST_CHARACTERS = 4000  # of a cookie; browsers drop longer ones


@dataclasses.dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has logged in. `token` is of the project, and empty while none is chosen; `unscoped` chooses others.

    `secret` is known to the pages of this session alone: its forms have it.
    """

    unscoped: str
    user: str
    token: str = ""
    project: str = ""
    secret: str = dataclasses.field(default_factory=lambda: secrets.token_urlsafe(16))


@dataclasses.dataclass(frozen=True, slots=True)
class Cookies:
    """Reads and writes cookies."""

    keys: Keys

    def session(self, request: falcon.Request) -> Session | None:
        """Return who has logged in, if anybody."""
        for text in request.get_cookie_values(name_of(SESSION, request)) or ():
            content = self.keys.opened(text, seconds=LONGEST_SECONDS)
            if content is not None:
                return _session(content)
        return None

    def are_sent(self, request: falcon.Request) -> bool:
        """Tell whether a browser keeps a session, be it one that can be read or not."""
        return bool(request.get_cookie_values(name_of(SESSION, request)))

    def written(self, request: falcon.Request, session: Session) -> str:
        """Return the header that makes a browser keep a session."""
        content = json.dumps(dataclasses.astuple(session)).encode()
        sealed = self.keys.sealed(content)
        if len(sealed) > MOST_CHARACTERS:  # the token of the project is what counts; another project is another login
            sealed = self.keys.sealed(
                json.dumps(dataclasses.astuple(dataclasses.replace(session, unscoped=""))).encode()
            )
        return header(request, SESSION, sealed)


def _session(content: bytes) -> Session | None:
    try:
        values = json.loads(content)
        return Session(*map(str, values)) if isinstance(values, list) else None
    except (ValueError, TypeError):
        return None


def header(
    request: falcon.Request,
    name: str,
    value: str,
    *,
    path: str = "",
    seconds: int | None = None,
    same_site: str = "Lax",
) -> str:
    """Return the header that sets a cookie, for a path of the page; an empty value takes it back.

    Without `seconds` it lasts as long as the browser is open. Browsers take a secure cookie by HTTPS, and most also
    from this machine itself. The prefix, by which no page without TLS can put another one in its place, they take by
    HTTPS alone. Path keeps it away from /v2.
    """
    lasts = seconds if value else 0
    age = "" if lasts is None else f"Max-Age={lasts}; "
    kept = f"{name_of(name, request)}={value}; Path={request.root_path}/explore{path}"
    return f"{kept}; {age}HttpOnly; Secure; SameSite={same_site}"


def name_of(name: str, request: falcon.Request) -> str:
    """Return what a cookie is called."""
    return f"{SECURE_PREFIX}{name}" if request.scheme == "https" else name
