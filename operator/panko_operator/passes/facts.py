"""What one step finds and later steps build on: a frozen value each, handed on by type.

A step gets the facts that it declares and no others, so what depends on what stands in the table of steps. Some of
them say no more than that a step is done: that is what the order rests on. Pure.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import TypeVar

from panko_operator.errors import OperatorError
from panko_operator.resource.registration import Registration
from panko_operator.world.values import DatabaseAddress, KeystoneAdmin, Login, Proof, ServiceUser

Fact = TypeVar("Fact")


@dataclasses.dataclass(frozen=True, slots=True)
class Inputs:
    """What people provide. `database_login` is the administrator's, or the account that was given."""

    keystone: KeystoneAdmin
    database: DatabaseAddress
    database_login: Login
    # Those that are given, by name: the present one, and the previous one or none.
    publisher_passwords: Mapping[str, tuple[str, str]] = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Accounts:
    """The database accounts are there; the API's is written into its configuration, and so is the collector's.

    `hindrance` is what keeps those from being made that are to follow them.
    """

    api: Login
    hindrance: OperatorError | None = None
    collector: Login | None = None

    @property
    def of_collector(self) -> Login:
        """The collector's account, where the spec has one."""
        if self.collector is None:
            raise ValueError("the spec has no collector")
        return self.collector


@dataclasses.dataclass(frozen=True, slots=True)
class Schema:
    """The tables are those of the image: a Job has seen to it. `image` is the one of before while another one waits.

    `job` is the uid of that Job; with `contract_due` something is left to do when no pod of before is left.
    """

    image: str | None = None
    job: str = ""
    contract_due: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Registered:
    """The service user is there, and the service where endpoints are published; `registration` is what it came to.

    `hindrance` is what keeps the user from being made that is to follow.
    """

    user: ServiceUser
    service_id: str | None
    registration: Registration
    identity_url: str  # of the catalogue; empty when it has none
    user_id: str  # whoever's the user is
    hindrance: OperatorError | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Configuration:
    """The Secret that the API's pods mount; where it is known, the passwords of publishers that it was made of."""

    secret_name: str
    passwords: Mapping[str, str] = dataclasses.field(default_factory=dict, repr=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Identity:
    """By what the API is known where TLS is spoken.

    `shown_name` and `pods_name` are Secrets that pods mount: with what clients see, and with what HAProxy sees of the
    API's pods, which it knows by `pods_authority`. Without HAProxy the last two are empty. `names` are those of what
    clients see.
    """

    shown_name: str
    proof: Proof
    pods_name: str = ""
    pods_authority: str = ""
    names: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Certified:
    """The certificates are there and can be used; None is HTTP."""

    identity: Identity | None


@dataclasses.dataclass(frozen=True, slots=True)
class Deployed:
    """The API's pods run the image with the configuration."""

    versions: tuple[str, ...]  # of what was looked at


@dataclasses.dataclass(frozen=True, slots=True)
class Exposed:
    """The Service leads to the API's pods."""

    url: str
    versions: tuple[str, ...]  # of what was looked at


@dataclasses.dataclass(frozen=True, slots=True)
class Answering:
    """The API has answered an authenticated query, or is not meant to."""


@dataclasses.dataclass(frozen=True, slots=True)
class Published:
    """The catalogue is as wanted; `registration` is all that was made in Keystones, what is no longer wanted too."""

    registration: Registration


class Facts:
    """What has been found so far, by its type. With `standing`, some of it only by an earlier pass."""

    def __init__(self, found: Iterable[object] = (), *, standing: bool = False) -> None:
        self._found = {type(fact): fact for fact in found}
        self.standing = standing

    def __getitem__(self, kind: type[Fact]) -> Fact:
        """Return the fact of a type; raise KeyError for one that the step has not declared."""
        fact = self._found[kind]
        if not isinstance(fact, kind):
            raise TypeError(kind)
        return fact

    def __contains__(self, kind: type) -> bool:
        return kind in self._found

    def only(self, kinds: Iterable[type], *, standing: bool = False) -> "Facts":
        """Return those of some types."""
        return Facts((self._found[kind] for kind in kinds), standing=standing)

    def plus(self, fact: object | None) -> "Facts":
        """Return them with one more."""
        return self if fact is None else Facts((*self._found.values(), fact))
