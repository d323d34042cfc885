"""What is around every screen: who looks, links, and the nonce by which script knows what belongs to the page."""

import dataclasses
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import falcon
import jinja2

from panko.api.callers import credentials
from panko.api.messages.faults import REQUEST_ID
from panko.explore import rendering
from panko.explore.session import forms, theme
from panko.explore.session.cookies import Session
from panko.explore.session.following import here
from panko.explore.session.keys import Keys
from panko.explore.static import Files
from panko.explore.views.links import Links

SESSION_KEY = "panko.explore.session"
HTML = "text/html; charset=utf-8"
ERROR, WHOLE, PART = "error.html", "base.html", "part.html"


def is_by_script(request: falcon.Request) -> bool:
    """Tell whether script asks for a part of a screen."""
    return request.get_header("HX-Request") == "true"


@dataclasses.dataclass(frozen=True, slots=True)
class Frame:
    """Who looks: `user` is empty where nobody has logged in. Forms of a session hold `form`, another one each time.

    `may_choose` says that the session leads to other projects too. `pulse` says how new events are, to whom it is told.
    """

    user: str
    project: str
    form: str
    has_login: bool
    may_choose: bool
    here: str
    nonce: str
    request_id: str
    pulse: str
    theme: str
    other_theme: str


@dataclasses.dataclass(frozen=True, slots=True)
class Screen:
    """Shows templates."""

    templates: jinja2.Environment
    files: Files
    keys: Keys | None
    pulse: Callable[[falcon.Request], str] = lambda _request: ""

    def links(self, request: falcon.Request) -> Links:
        """Return the links of a request; that all projects are asked for goes along."""
        everybody = request.get_param("all_projects") == "true"
        return Links(f"{request.root_path}/explore", (("all_projects", "true"),) if everybody else ())

    def show(self, request: falcon.Request, response: falcon.Response, template: str, /, **values: Any) -> None:
        """Answer with a template."""
        response.data = b"".join(self._pieces(request, response, template, values))

    def begin(self, request: falcon.Request, response: falcon.Response, template: str, /, **values: Any) -> None:
        """Answer with a template as it is made: the browser shows what stands before a `pause` while the rest is made.

        Nothing that a template asks for may raise an error any longer: the answer has begun.
        """
        response.stream = self._pieces(request, response, template, values)

    def _pieces(
        self, request: falcon.Request, response: falcon.Response, template: str, values: dict[str, Any]
    ) -> Iterator[bytes]:
        links = self.links(request)
        # What went wrong may be the database; and a part does not say it.
        pulse = "" if template == ERROR or is_by_script(request) else self.pulse(request)
        frame = self._frame(request, pulse)
        # Who loads a part of a screen into another one has what is around it.
        around = PART if is_by_script(request) else WHOLE
        given = {"frame": frame, "links": links, "files": self.files.urls(links.root), "around": around} | values
        response.content_type = HTML
        response.set_header("Vary", "Accept-Encoding")
        made = rendering.pieces(self.templates, template, given)
        # What is secret in it is written otherwise each time, so that its length tells nothing.
        if "gzip" not in (request.get_header("Accept-Encoding") or ""):
            return made
        response.set_header("Content-Encoding", "gzip")
        return rendering.packed(made)

    def _frame(self, request: falcon.Request, pulse: str) -> Frame:
        session = request.env.get(SESSION_KEY)
        caller = credentials.from_environ(request.env)
        known = session if isinstance(session, Session) else None
        chosen = theme.of(request)
        return Frame(
            user=known.user if known else caller.user_id,
            project=known.project if known else caller.project_id,
            form=forms.sealed(self.keys, known) if known and self.keys else "",
            has_login=self.keys is not None,
            may_choose=known is not None and bool(known.unscoped),
            here=here(request),
            nonce=secrets.token_urlsafe(16),
            request_id=str(request.env.get(REQUEST_ID, "")),
            pulse=pulse,
            theme=chosen,
            other_theme=theme.NEXT[chosen],
        )
