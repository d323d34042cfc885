"""A Keystone that knows people with passwords and projects, as the page asks it, and what proves its tokens."""

import itertools

from panko.api.callers.credentials import ENVIRON_KEY, Credentials
from panko.errors import IdentityUnavailableError
from panko.explore.login.keystone import Member, Person, Project, RefusedError, SecondFactorError


class People:
    """`tokens` are those that hold: whose they are, and of which project. `tried` are the passwords that were tried.

    `credentials` are application credentials by their ids: whose they are, and of which project.

    Of those in `guarded` a password is not enough. Projects in `closed` are listed, and give no token. While
    `forgets` is set a token is worth nothing as soon as it is made.
    """

    def __init__(self, **projects: tuple[str, ...]) -> None:
        self.projects_of = projects
        self.tokens: dict[str, tuple[str, str]] = {}
        self.tried: list[str] = []
        self.credentials: dict[str, tuple[str, str]] = {}
        self.guarded: set[str] = set()
        self.closed: set[str] = set()
        self.forgets = False
        self.is_away = False
        self._numbers = itertools.count(1)

    def person(self, name: str, password: str, *, domain: str) -> Person:
        self._answer()
        self.tried.append(password)
        if name not in self.projects_of or password != f"{name}-s3cret" or domain != "Default":
            raise RefusedError
        if name in self.guarded:
            raise SecondFactorError
        return Person(self._token(name, ""), name)

    def member(self, credential_id: str, secret: str) -> Member:
        self._answer()
        self.tried.append(secret)
        if credential_id not in self.credentials or secret != f"{credential_id}-s3cret":
            raise RefusedError
        name, project = self.credentials[credential_id]
        return Member(self._token(name, f"id-{project}"), name, project)

    def holder(self, token: str) -> Person:
        self._answer()
        return Person(token, self._owner(token)[0])

    def gives(self, name: str) -> str:
        """Return a token that somebody got in another way, as by an identity provider."""
        return self._token(name, "")

    def projects(self, token: str) -> list[Project]:
        self._answer()
        return [Project(f"id-{name}", name) for name in self.projects_of[self._owner(token)[0]]]

    def scoped(self, token: str, project_id: str) -> tuple[str, str]:
        name, _ = self._owner(token)
        project = project_id.removeprefix("id-")
        if project not in self.projects_of[name] or project in self.closed:
            raise RefusedError
        return self._token(name, project_id), project

    def revoke(self, token: str) -> None:
        self._answer()
        self._owner(token)
        del self.tokens[token]

    def proves(self, app):
        """Let pass who has a token, as keystonemiddleware does."""

        def proving(environ, start_response):
            self._answer()
            user, project = self.tokens.get(environ.get("HTTP_X_AUTH_TOKEN", ""), ("", ""))
            if not user:
                start_response("401 Unauthorized", [("Content-Type", "application/json")])
                return [b"{}"]
            environ[ENVIRON_KEY] = Credentials(user_id=user, project_id=project, roles=frozenset({"member"}))
            return app(environ, start_response)

        return proving

    def _answer(self) -> None:
        if self.is_away:
            raise IdentityUnavailableError("Keystone does not answer; try again in a moment.")

    def _owner(self, token: str) -> tuple[str, str]:
        if token not in self.tokens:
            raise RefusedError
        return self.tokens[token]

    def _token(self, name: str, project_id: str) -> str:
        token = f"token-{next(self._numbers)}"
        if not self.forgets:
            self.tokens[token] = (name, project_id)
        return token
