"""A session with Keystone that sends no write: it notes what the request would change, and answers as Keystone would.

It stands where requests leave, so that all that is decided before is decided as ever. What Keystone is asked about
things that it would only get is answered here too: there is nothing about them yet.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import requests

from panko_operator.changes import Action, Change, Noting, Place
from panko_operator.corrections import (
    APPLICATION_CREDENTIAL,
    KEYSTONE_ENDPOINT,
    KEYSTONE_PROJECT,
    KEYSTONE_SERVICE,
    KEYSTONE_USER,
)
from panko_operator.world.values import KeystoneAdmin

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_APPLICATION: Final = "application_credential"
_COLLECTIONS: Final[Mapping[str, str]] = {
    "users": "user",
    "projects": "project",
    "services": "service",
    "endpoints": "endpoint",
    "regions": "region",
    "application_credentials": _APPLICATION,
}
_NAMES: Final[Mapping[str, str]] = {
    "user": KEYSTONE_USER,
    "project": KEYSTONE_PROJECT,
    "service": KEYSTONE_SERVICE,
    "endpoint": KEYSTONE_ENDPOINT,
    "region": "KeystoneRegion",
    _APPLICATION: APPLICATION_CREDENTIAL,
}
_LOGINS: Final = frozenset({"user", _APPLICATION})
_ROLE: Final = re.compile(r"projects/[^/]+/users/([^/]+)/roles/[^/]+$")
_OF_A_USER: Final = re.compile(r"^users/[^/]+/(?=application_credentials)")
_OWN: Final = {"panko_operator": "mark", "region_id": "region"}  # what fields are called elsewhere


class Rehearsal:
    """What is known in the course of a dry run: the names of what has an id, and what would be made."""

    def __init__(self, noting: Noting) -> None:
        self._noting = noting
        self._known: dict[str, str] = {}
        self._made: set[str] = set()  # names of users
        self._ids: set[str] = set()  # that Keystone has not given

    @contextmanager
    def opened(
        self, opened: Callable[[KeystoneAdmin], AbstractContextManager[Any]], admin: KeystoneAdmin
    ) -> Iterator[Any]:
        """Log the administrator in as ever; hand out an identity proxy that writes nothing."""
        with opened(admin) as api:
            send = api.session.request

            def request(url: str, method: str, *arguments: Any, **options: Any) -> Any:
                # To log in is a POST too, the one that is sent without a token.
                if method.upper() in _READS or options.get("authenticated") is False:
                    return self._read(url, options) or self._learned(send(url, method, *arguments, **options))
                return self._written(url, method.upper(), options.get("json"))

            api.session.request = request
            yield api

    def would_make(self, username: str) -> bool:
        """Tell whether a user, or an application credential, would be a new one."""
        return username in self._made

    def would_give(self, name: str) -> None:
        """Note an application credential of a user that is not there yet."""
        self._note(Action.CREATE, _APPLICATION, name)
        self._made.add(name)

    def _read(self, url: str, options: Mapping[str, Any]) -> Any:
        """Answer what is asked about something that Keystone does not have yet; None for anything else."""
        path, asked = _path(url).split("/"), (options.get("params") or {}).values()
        if self._ids.isdisjoint([*path, *map(str, asked)]):
            return None
        collection = path[-1]
        if collection in self._ids:
            return _answer(HTTPStatus.NOT_FOUND, {"error": {"message": "not there yet", "code": HTTPStatus.NOT_FOUND}})
        return _answer(HTTPStatus.OK, {collection: [], "links": {}})

    def _learned(self, response: Any) -> Any:
        """Remember the names of what an answer tells of."""
        try:
            told = response.json()
        except ValueError:
            return response
        for key, value in told.items() if isinstance(told, dict) else ():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict) and "id" in one:
                    self._known[str(one["id"])] = _named(_COLLECTIONS.get(key, key), one)
        return response

    def _written(self, url: str, method: str, body: Any) -> Any:
        path = _path(url)
        role = _ROLE.search(path)
        if role is not None:
            self._note(Action.CHANGE, "user", self._name(role[1]), ("roles",))
            return _answer(HTTPStatus.NO_CONTENT, None)
        collection, _, id_ = _OF_A_USER.sub("", path).partition("/")
        kind = _COLLECTIONS.get(collection, collection)
        attributes: dict[str, Any] = (body or {}).get(kind, {})
        if method == "DELETE":
            self._note(Action.REMOVE, kind, self._name(id_))
            return _answer(HTTPStatus.NO_CONTENT, None)
        if method == "PATCH":
            fields = tuple(sorted(_OWN.get(field, field) for field in attributes if field not in ("id", "name")))
            self._note(Action.CHANGE, kind, self._name(id_), fields)
            return _answer(HTTPStatus.OK, {kind: {**attributes, "id": id_}})
        name = _named(kind, attributes)
        self._note(Action.CREATE, kind, name)
        made = {"enabled": True, "id": f"planned-{kind}-{name}", **attributes}  # a region has its id already
        self._ids.update({made["id"]} - {attributes.get("id")})
        self._known[made["id"]] = name
        self._made.update({name} if kind in _LOGINS else ())
        return _answer(HTTPStatus.CREATED, {kind: made})

    def _name(self, id_: str) -> str:
        return self._known.get(id_, id_)

    def _note(self, action: Action, kind: str, name: str, fields: tuple[str, ...] = ()) -> None:
        self._noting(Change(Place.KEYSTONE, action, _NAMES.get(kind, f"Keystone {kind}"), name, fields))


def _path(url: str) -> str:
    """Return what of a URL comes after the version of the interface."""
    return urlsplit(url).path.strip("/").rpartition("v3/")[2]


def _named(kind: str, attributes: Mapping[str, Any]) -> str:
    """Return what people call a thing: an endpoint by its interface, all else by its name."""
    if kind == "endpoint":
        return str(attributes.get("interface", ""))
    return str(attributes.get("name") or attributes.get("id", ""))


def _answer(status: HTTPStatus, body: Any) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    if body is not None:
        response.headers["Content-Type"] = "application/json"
        response._content = json.dumps(body).encode()  # noqa: SLF001 -- there is no other way to make an answer
    return response
