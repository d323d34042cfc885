"""The screens of a login: the form, the choice of a project, and the way out."""

import dataclasses
import http
from collections.abc import Callable, Iterable, Mapping

import falcon
from oslo_log import log

from panko.errors import PankoError
from panko.explore.frame import Screen
from panko.explore.login.attempts import Attempts
from panko.explore.login.keystone import Keystone, Project, RefusedError, SecondFactorError
from panko.explore.session import forms
from panko.explore.session.cookies import SESSION, Cookies, Session, header
from panko.explore.session.following import following, see_other
from panko.explore.settings import Federation
from panko.quoting import quote

LOG = log.getLogger(__name__)

MOST_CHARACTERS = 4096
WRONG = "Keystone does not know this name with this password in this domain. Check all three, and try again."
WRONG_CREDENTIAL = (
    "Keystone does not know an application credential of this id with this secret. Check both, and whether it has "
    "expired."
)
SECOND_FACTOR = (
    "This account needs a second factor, which this page cannot ask for. Log in with an application credential of the "
    "account, below."
)
OF_CREDENTIALS = "application credential"  # in the place of a domain, where tries are counted and logged
UNUSABLE = (
    "Keystone takes your login, but gives no token of a project. Try again, and if it stays so, ask an "
    "administrator whether your account and its projects are enabled."
)
NO_PROJECT = "You have no role in any project, and events belong to projects. Ask an administrator for one."
NOT_THERE = "Keystone gives you no token of this project. Choose another one, or log in again."


@dataclasses.dataclass(frozen=True, slots=True)
class Entrance:
    """What logins work with."""

    screen: Screen
    keystone: Keystone
    cookies: Cookies
    attempts: Attempts
    default_domain: str
    federation: Federation | None = None

    def enter(
        self,
        request: falcon.Request,
        response: falcon.Response,
        session: Session,
        *,
        wanted: str,
        former: Iterable[str],
    ) -> str:
        """Begin a session in place of the one of the tokens `former`, or return why there is none."""
        try:
            problem = self._go_on(request, response, session, wanted=wanted)
        except RefusedError:
            problem = UNUSABLE
        if problem:
            self.end(session.unscoped)
        else:
            self.end(*former)
        return problem

    def _go_on(self, request: falcon.Request, response: falcon.Response, session: Session, *, wanted: str) -> str:
        """Send somebody on who has a token; say what is wrong where there is no way. Raise RefusedError."""
        if session.token:
            response.append_header("Set-Cookie", self.cookies.written(request, session))
            see_other(following(request, wanted), response)
            return ""
        projects = self.keystone.projects(session.unscoped)
        if not projects:
            return NO_PROJECT
        if len(projects) == 1:
            self.let_in(request, response, session, project=projects[0], wanted=wanted)
        else:
            response.append_header("Set-Cookie", self.cookies.written(request, session))
            see_other(self.screen.links(request).project(following(request, wanted)), response)
        return ""

    def let_in(
        self, request: falcon.Request, response: falcon.Response, session: Session, *, project: Project, wanted: str
    ) -> None:
        """Give a browser the token of a project in place of its former one, and send it on. Raise RefusedError."""
        token, name = self.keystone.scoped(session.unscoped or session.token, project.id)
        scoped = dataclasses.replace(session, token=token, project=name)
        response.append_header("Set-Cookie", self.cookies.written(request, scoped))
        see_other(following(request, wanted), response)
        self.end(session.token)

    def leave(self, request: falcon.Request, response: falcon.Response, *, wanted: str) -> None:
        """Send a browser to log in whose session is over, and let it forget that session."""
        if self.cookies.are_sent(request):
            response.append_header("Set-Cookie", header(request, SESSION, ""))
        see_other(self.screen.links(request).login(wanted), response)

    def end(self, *tokens: str) -> None:
        """Make tokens worth nothing that nobody needs any longer."""
        for token in filter(None, tokens):
            try:
                self.keystone.revoke(token)
            except (RefusedError, PankoError):
                # One that has ended already, or that ends by itself: no browser has it any longer.
                LOG.info("A token of a session that was ended could not be revoked")


@dataclasses.dataclass(frozen=True, slots=True)
class Proof:
    """A way to prove who one is: by whom tries are counted, what it needs, and what is said where it fails."""

    name: str
    domain: str
    prove: Callable[[], Session]
    _: dataclasses.KW_ONLY
    wrong: str
    asks: str
    needs: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class LogIn:
    """The forms for name and password, and for an application credential."""

    entrance: Entrance

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Show the form."""
        self._show(request, response, {"next": request.get_param("next") or ""})

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        """Try a password."""
        sent = forms.fields(request)
        try:
            forms.require_issued(self.entrance.cookies.keys, request, sent)
        except PankoError as error:
            self._show(request, response, sent, problem=str(error), status=http.HTTPStatus.FORBIDDEN)
            return
        proof = self._by_credential(sent) if "credential" in sent else self._by_password(sent)
        if not all(0 < len(sent.get(name, "")) <= MOST_CHARACTERS for name in proof.needs):
            self._show(request, response, sent, problem=proof.asks, status=http.HTTPStatus.BAD_REQUEST)
            return
        self._try(request, response, sent, proof)

    def _by_password(self, sent: Mapping[str, str]) -> Proof:
        name, domain = sent.get("name", ""), sent.get("domain", "")

        def prove() -> Session:
            person = self.entrance.keystone.person(name, sent["password"], domain=domain)
            return Session(person.token, person.name)

        asks = "Write your name, its domain and your password."
        return Proof(name, domain, prove, wrong=WRONG, asks=asks, needs=("name", "domain", "password"))

    def _by_credential(self, sent: Mapping[str, str]) -> Proof:
        name = sent["credential"]

        def prove() -> Session:
            member = self.entrance.keystone.member(name, sent["secret"])
            return Session("", member.name, member.token, member.project)  # of no other project, so there is no choice

        asks = "Write the id of the application credential and its secret."
        return Proof(name, OF_CREDENTIALS, prove, wrong=WRONG_CREDENTIAL, asks=asks, needs=("credential", "secret"))

    def _try(self, request: falcon.Request, response: falcon.Response, sent: Mapping[str, str], proof: Proof) -> None:
        here, name, domain = self.entrance, proof.name, proof.domain
        wait = here.attempts.seconds_to_wait(name, domain)
        if wait:
            response.set_header("Retry-After", str(wait))
            problem = f"There were too many wrong passwords for this name. Wait {wait} seconds, and try again."
            self._show(request, response, sent, problem=problem, status=http.HTTPStatus.TOO_MANY_REQUESTS)
            return
        try:
            session = proof.prove()
        except SecondFactorError:
            self._show(request, response, sent, problem=SECOND_FACTOR, status=http.HTTPStatus.FORBIDDEN)
            return
        except RefusedError:
            here.attempts.failed(name, domain)
            address = request.remote_addr or ""
            LOG.info("Keystone refuses the login of %s from %s", quote(repr(f"{name}@{domain}")), quote(address))
            self._show(request, response, sent, problem=proof.wrong, status=http.HTTPStatus.UNAUTHORIZED)
            return
        here.attempts.succeeded(name, domain)
        self._enter(request, response, sent, session)

    def _enter(
        self, request: falcon.Request, response: falcon.Response, sent: Mapping[str, str], session: Session
    ) -> None:
        """Begin a session in place of the former one, or say why there is none."""
        former = self.entrance.cookies.session(request)
        tokens = () if former is None else (former.token, former.unscoped)
        problem = self.entrance.enter(request, response, session, wanted=sent.get("next", ""), former=tokens)
        if problem:
            self._show(request, response, sent, problem=problem, status=http.HTTPStatus.FORBIDDEN)

    def _show(
        self,
        request: falcon.Request,
        response: falcon.Response,
        sent: Mapping[str, str],
        *,
        problem: str = "",
        status: http.HTTPStatus = http.HTTPStatus.OK,
    ) -> None:
        here = self.entrance
        response.status = status
        here.screen.show(
            request,
            response,
            "login.html",
            form=forms.issued(here.cookies.keys, request, response),
            problem=problem,
            name=sent.get("name", "")[:255],
            domain=sent.get("domain", here.default_domain)[:255],
            credential=sent.get("credential", "")[:255],
            tried_credential="credential" in sent or problem == SECOND_FACTOR,
            wanted=following(request, sent.get("next", "")),
            ways=here.federation.ways if here.federation else (),
        )


@dataclasses.dataclass(frozen=True, slots=True)
class ChooseProject:
    """The choice of a project, of those in which somebody has a role."""

    entrance: Entrance

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Show the projects."""
        wanted = following(request, request.get_param("next") or "")
        session = self.entrance.cookies.session(request)
        if session is None:
            self.entrance.leave(request, response, wanted=wanted)
            return
        self._show(request, response, session, wanted=wanted)

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        """Choose one."""
        sent = forms.fields(request)
        wanted = following(request, sent.get("next", ""))
        session = self.entrance.cookies.session(request)
        if session is None:
            self.entrance.leave(request, response, wanted=wanted)
            return
        forms.require_own(self.entrance.cookies.keys, session, request=request, sent=sent)
        try:
            project = Project(sent.get("project", ""), "")
            self.entrance.let_in(request, response, session, project=project, wanted=wanted)
        except RefusedError:
            response.status = http.HTTPStatus.FORBIDDEN
            self._show(request, response, session, wanted=wanted, problem=NOT_THERE)

    def _show(
        self, request: falcon.Request, response: falcon.Response, session: Session, *, wanted: str, problem: str = ""
    ) -> None:
        here = self.entrance
        try:
            projects = here.keystone.projects(session.unscoped or session.token)
        except RefusedError:  # the session has ended
            here.leave(request, response, wanted=wanted)
            return
        here.screen.show(
            request,
            response,
            "projects.html",
            form=forms.sealed(here.cookies.keys, session),
            projects=projects,
            current=session.project,
            problem=problem,
            wanted=wanted,
        )


@dataclasses.dataclass(frozen=True, slots=True)
class LogOut:
    """The way out: the tokens of the session are worth nothing afterwards."""

    entrance: Entrance

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        """Revoke the tokens, and forget the session."""
        here, session = self.entrance, self.entrance.cookies.session(request)
        forms.require_own_site(request)
        if session is not None:
            forms.require_own(here.cookies.keys, session, request=request, sent=forms.fields(request))
            here.end(session.token, session.unscoped)
        here.leave(request, response, wanted="")
