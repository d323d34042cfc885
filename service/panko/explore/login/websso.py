"""Logins at Keystone itself, by an identity provider that it knows: the way there, and the way back with a token.

Keystone's page sends the token in a form, as any other page could send a token of its own, to have somebody look at,
and write into, a session that is not theirs. So the form is taken from Keystone's origin alone, and from a browser that
has left from here.
"""

import dataclasses
import http
import re

import falcon
from oslo_log import log

from panko.explore.login.keystone import RefusedError
from panko.explore.login.resources import MOST_CHARACTERS, Entrance
from panko.explore.session import departure, forms
from panko.explore.session.cookies import Session
from panko.explore.session.departure import Departure
from panko.explore.session.following import following, see_other
from panko.explore.settings import Federation
from panko.quoting import quote

LOG = log.getLogger(__name__)

TOKEN = re.compile(rf"[\x21-\x7e]{{1,{MOST_CHARACTERS}}}")  # what a header can hold
NOT_FROM_HERE = "Another site sent you here to log in. Open the page itself, and begin from there."
NOT_FROM_KEYSTONE = "This login was not sent by a page of Keystone. Open the page, and log in from there."
NOT_BEGUN = (
    "This login was not begun here, was used already or took more than ten minutes, or your browser keeps no cookies. "
    "Open the page by https, and log in from there."
)
NO_TOKEN = "Keystone's page sent no token that can be used. Open the page, and log in again."  # noqa: S105 - a sentence
NOT_KNOWN = "Keystone does not know the token that its page sent. Open the page, and log in again."


def _federation(entrance: Entrance) -> Federation:
    if entrance.federation is None:
        raise falcon.HTTPNotFound
    return entrance.federation


def _refuse(entrance: Entrance, request: falcon.Request, response: falcon.Response, problem: str) -> None:
    response.status = http.HTTPStatus.FORBIDDEN
    entrance.screen.show(request, response, "error.html", title="You are not logged in", text=problem, following="")


@dataclasses.dataclass(frozen=True, slots=True)
class Begin:
    """The way to Keystone."""

    entrance: Entrance

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Send a browser to Keystone, and let it keep that it left from here."""
        here, federation = self.entrance, _federation(self.entrance)
        way = federation.way(request.get_param("way") or "")
        if way is None:
            raise falcon.HTTPNotFound
        if not forms.is_own_site(request):
            _refuse(here, request, response, NOT_FROM_HERE)
            return
        # The cookie of the session does not come along on the way back, where Keystone is another site.
        session = here.cookies.session(request)
        former = () if session is None else (session.token, session.unscoped)
        left = Departure(following(request, request.get_param("next") or ""), former)
        response.append_header("Set-Cookie", departure.kept(request, here.cookies.keys, left))
        see_other(federation.address(way, back=f"{request.prefix}/explore/websso"), response)


@dataclasses.dataclass(frozen=True, slots=True)
class Return:
    """The way back from Keystone."""

    entrance: Entrance

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        """Take a token from Keystone's page, and go on as after a password."""
        here, federation = self.entrance, _federation(self.entrance)
        origin = request.get_header("Origin") or ""
        if origin != federation.origin:
            LOG.info("A token from a page of %s is not taken; Keystone is %s", quote(repr(origin)), federation.origin)
            _refuse(here, request, response, NOT_FROM_KEYSTONE)
            return
        left = departure.taken(request, response, here.cookies.keys)
        if left is None:
            _refuse(here, request, response, NOT_BEGUN)
            return
        token = forms.fields(request).get("token", "")
        if not TOKEN.fullmatch(token):
            _refuse(here, request, response, NO_TOKEN)
            return
        self._enter(request, response, left, token)

    def _enter(self, request: falcon.Request, response: falcon.Response, left: Departure, token: str) -> None:
        here = self.entrance
        try:
            person = here.keystone.holder(token)
        except RefusedError:
            _refuse(here, request, response, NOT_KNOWN)
            return
        session = Session(person.token, person.name)
        problem = here.enter(request, response, session, wanted=left.wanted, former=left.former)
        if problem:
            _refuse(here, request, response, problem)
