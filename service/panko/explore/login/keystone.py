"""What is asked of Keystone for people: a token for a password, their projects, a token of one of those.

For an application credential there is a token of its project at once. A password, and the secret of a credential, goes
to the configured URL and nowhere else: redirects are not followed, nothing is logged, nothing is kept.
"""

import dataclasses
import http
import math
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar

from keystoneauth1 import exceptions, session
from keystoneauth1.identity import BaseIdentityPlugin, v3
from oslo_log import log

from panko.api.middleware.authentication.bulkhead import Bulkhead, FullError
from panko.api.middleware.authentication.circuit import Circuit
from panko.errors import BusyError, IdentityUnavailableError
from panko.explore.settings import Login

LOG = log.getLogger(__name__)

ANSWER_SECONDS = 8.0
PATIENCE_SECONDS = 2.0
FAILURES, REST_SECONDS = 3, 5.0
NO_CATALOG = "/auth/tokens?nocatalog"
AWAY = "Keystone does not answer; try again in a moment."

Answer = TypeVar("Answer")


class RefusedError(Exception):
    """Keystone does not take a login, or does not give a token of a project."""


class SecondFactorError(RefusedError):
    """The password is right, and for this account it is not enough."""


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """Who has proved who they are."""

    token: str
    name: str


@dataclasses.dataclass(frozen=True, slots=True)
class Member:
    """Who has proved who they are in a project already: `token` is of it."""

    token: str
    name: str
    project: str


@dataclasses.dataclass(frozen=True, slots=True)
class Project:
    """A project that somebody may work in."""

    id: str
    name: str


class Keystone:
    """Asks with a quarter of the threads, and not at all for some seconds after Keystone failed repeatedly."""

    def __init__(self, login: Login) -> None:
        self._url = login.auth_url
        self._session = session.Session(verify=login.verify, timeout=ANSWER_SECONDS, redirect=False)
        places = max(1, login.threads // 4)
        self._bulkhead = Bulkhead(threads=login.threads, places=places, patience_seconds=PATIENCE_SECONDS)
        self._circuit = Circuit(failures=FAILURES, rest_seconds=REST_SECONDS)

    def person(self, name: str, password: str, *, domain: str) -> Person:
        """Return who has this password. Raise RefusedError; of that SecondFactorError where it is not enough."""
        login = v3.Password(
            self._url,
            username=name,
            password=password,
            user_domain_name=domain,
            unscoped=True,
            reauthenticate=False,
            include_catalog=False,
        )
        access = self._access(login)
        return Person(str(access.auth_token), str(access.username or name))

    def member(self, credential_id: str, secret: str) -> Member:
        """Return who has this application credential, which is of one project. Raise RefusedError."""
        login = v3.ApplicationCredential(
            self._url,
            application_credential_id=credential_id,
            application_credential_secret=secret,
            reauthenticate=False,
            include_catalog=False,
        )
        access = self._access(login)
        return Member(str(access.auth_token), str(access.username), str(access.project_name or access.project_id))

    def holder(self, token: str) -> Person:
        """Return who has a token, which Keystone gave in another way. Raise RefusedError."""
        headers = {"X-Auth-Token": token, "X-Subject-Token": token}
        return Person(
            token, self._ask(lambda: str(self._send("GET", NO_CATALOG, headers).json()["token"]["user"]["name"]))
        )

    def projects(self, token: str) -> Sequence[Project]:
        """Return the projects of somebody, by their names. Raise RefusedError."""
        return self._ask(lambda: _projects(self._send("GET", "/auth/projects", {"X-Auth-Token": token}).json()))

    def scoped(self, token: str, project_id: str) -> tuple[str, str]:
        """Return a token of a project, and the project's name. Raise RefusedError."""
        login = v3.Token(self._url, token=token, project_id=project_id, reauthenticate=False, include_catalog=False)
        access = self._access(login)
        return str(access.auth_token), str(access.project_name or project_id)

    def revoke(self, token: str) -> None:
        """Make a token worth nothing. Raise RefusedError."""
        self._ask(lambda: self._send("DELETE", "/auth/tokens", {"X-Auth-Token": token, "X-Subject-Token": token}))

    def _access(self, login: BaseIdentityPlugin) -> Any:
        return self._ask(lambda: login.get_access(self._session))

    def _send(self, method: str, path: str, headers: dict[str, str]) -> Any:
        return self._session.request(f"{self._url}{path}", method, headers=headers, authenticated=False, log=False)

    def _ask(self, question: Callable[[], Answer]) -> Answer:
        try:
            return self._bulkhead.run(object(), lambda: self._probe(question))
        except FullError as error:
            raise BusyError("Many people log in at this moment; try again in a few seconds.") from error

    def _probe(self, question: Callable[[], Answer]) -> Answer:
        if not self._circuit.admit():
            wait = max(1, math.ceil(self._circuit.seconds_until_admission()))
            raise IdentityUnavailableError(AWAY, retry_after_seconds=wait)
        try:
            answer = question()
        except exceptions.MissingAuthMethods:
            self._circuit.succeeded()
            raise SecondFactorError from None
        except exceptions.HttpError as error:
            if error.http_status < http.HTTPStatus.INTERNAL_SERVER_ERROR:
                self._circuit.succeeded()
                raise RefusedError from None  # its text may quote the request
            self._away(f"HTTP {error.http_status}")
        except (exceptions.ClientException, ValueError, KeyError, TypeError) as error:
            self._away(type(error).__name__)
        self._circuit.succeeded()
        return answer

    def _away(self, reason: str) -> NoReturn:
        self._circuit.failed()
        LOG.warning("Nobody can log in at %s: %s", self._url, reason)
        raise IdentityUnavailableError(AWAY)


def _projects(document: Any) -> list[Project]:
    found = [Project(str(one["id"]), str(one["name"])) for one in document["projects"] if one.get("enabled", True)]
    return sorted(found, key=lambda one: (one.name.casefold(), one.id))
