"""One login that the operator makes: the present one, the next one while it is being made, and those of before. Pure.

All of it is in one Secret: the write that makes a new login the present one is the write that remembers the old one.
"""

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from panko_operator.resource.moments import moment, timestamp
from panko_operator.world.values import Login

# The keys that say which accounts there may be, and where.
NAMES: Final = ("username", "next-username", "retired", "user-id", "auth-url")


@dataclasses.dataclass(frozen=True, slots=True)
class Retired:
    """An account that another has followed, and since when. In Keystone it has an id, at an URL.

    Of an application credential the id is that of its user.
    """

    account: str
    since: datetime
    user_id: str = ""
    auth_url: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Credential:
    """What is known of one login. `login` is None where nothing usable is written down.

    An application credential is made for a user of a Keystone: `user_id` at `auth_url`.
    """

    login: Login | None
    since: datetime
    next: Login | None = None
    retired: tuple[Retired, ...] = ()
    user_id: str = ""
    auth_url: str = ""

    @property
    def present(self) -> Login:
        """The login that is in use, where there is one."""
        if self.login is None:
            raise ValueError("no login is written down")
        return self.login

    @property
    def user_ids(self) -> frozenset[str]:
        """The ids of the users that are retired."""
        return frozenset(one.user_id for one in self.retired if one.user_id)

    def accounts(self, is_ours: Callable[[str], bool]) -> tuple[str, ...]:
        """Return the names of all accounts that may have been made; the present one may be somebody else's."""
        present = [self.login.username] if self.login is not None and is_ours(self.login.username) else []
        following = [self.next.username] if self.next is not None else []
        return tuple(dict.fromkeys([*present, *following, *(one.account for one in self.retired)]))

    def abandoned(self, now: datetime, is_ours: Callable[[str], bool]) -> tuple[Retired, ...]:
        """Return what is retired when neither the present nor the next login is used any more."""
        known = {one.account for one in self.retired}
        place = self.user_id, self.auth_url
        return (*self.retired, *(Retired(name, now, *place) for name in self.accounts(is_ours) if name not in known))

    def given_up(self, now: datetime, is_ours: Callable[[str], bool]) -> "Credential":
        """Return it with nothing but what is retired: no other login follows."""
        return Credential(None, self.since, retired=self.abandoned(now, is_ours))

    def placed(self, user_id: str, auth_url: str) -> "Credential":
        """Return it with where its present account is made."""
        return dataclasses.replace(self, user_id=user_id, auth_url=auth_url)

    def begun(self, login: Login) -> "Credential":
        """Return it with a next login, which does not exist yet."""
        return dataclasses.replace(self, next=login)

    def cancelled(self) -> "Credential":
        """Return it without a next login, which was not made."""
        return dataclasses.replace(self, next=None)

    def identified(self, user_id: str, auth_url: str) -> "Credential":
        """Return it with the id of the account whose Secret was lost, unless that is known."""
        lost = next((one for one in self.retired if not one.user_id), None)
        if lost is None or not user_id or any(one.user_id == user_id for one in self.retired):
            return self
        named = dataclasses.replace(lost, user_id=user_id, auth_url=auth_url)
        return dataclasses.replace(self, retired=tuple(named if one is lost else one for one in self.retired))

    def promoted(self, now: datetime, *, user_id: str = "", auth_url: str = "") -> "Credential":
        """Return it with the next login as the present one, and the present one retired."""
        retired = Retired(self.present.username, now, user_id, auth_url)
        return Credential(self.next, now, retired=(*self.retired, retired))

    def without(self, account: str) -> "Credential":
        """Return it without a retired account, which is gone."""
        return dataclasses.replace(self, retired=tuple(one for one in self.retired if one.account != account))

    def as_data(self) -> dict[str, str]:
        """Write it as the content of its Secret."""
        if self.login is None:
            return written(self.retired)
        data = {"username": self.login.username, "password": self.login.password, "since": timestamp(self.since)}
        if self.next is not None:
            data |= {"next-username": self.next.username, "next-password": self.next.password}
        if self.user_id:
            data |= {"user-id": self.user_id, "auth-url": self.auth_url}
        return data | written(self.retired)


def read(data: Mapping[str, str], now: datetime) -> Credential:
    """Read the content of a Secret; raise ValueError for what nobody here has written."""
    return Credential(
        _login(data, ""),
        moment(data["since"]) if data.get("since") else now,
        _login(data, "next-"),
        _retired(data.get("retired", "")),
        data.get("user-id", ""),
        data.get("auth-url", ""),
    )


def written(retired: tuple[Retired, ...]) -> dict[str, str]:
    """Write the accounts that are retired as a key of a Secret; none where there are none."""
    entries = [
        {"account": one.account, "since": timestamp(one.since)}
        | {key: value for key, value in (("userId", one.user_id), ("authURL", one.auth_url)) if value}
        for one in retired
    ]
    return {"retired": json.dumps(entries)} if entries else {}


def _retired(text: str) -> tuple[Retired, ...]:
    try:
        return tuple(
            Retired(one["account"], moment(one["since"]), one.get("userId", ""), one.get("authURL", ""))
            for one in json.loads(text or "[]")
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(text) from error


def _login(data: Mapping[str, str], prefix: str) -> Login | None:
    username = data.get(f"{prefix}username", "")
    password = data.get(f"{prefix}password", "")
    return Login(username, password) if username or password else None
