"""References to Secrets, as several fields have them."""

import dataclasses

from panko_operator.world import Manifest


@dataclasses.dataclass(frozen=True, slots=True)
class LoginRef:
    """A Secret that holds a user and a password, and the keys of both."""

    name: str
    username_key: str
    password_key: str

    @classmethod
    def parse(cls, ref: Manifest | None) -> "LoginRef | None":
        """Read a reference that may be absent."""
        return None if ref is None else cls(ref["name"], ref["usernameKey"], ref["passwordKey"])


@dataclasses.dataclass(frozen=True, slots=True)
class KeyRef:
    """A key of a Secret: a password, or the certificates of an authority."""

    name: str
    key: str

    @classmethod
    def parse(cls, ref: Manifest | None) -> "KeyRef | None":
        """Read a reference that may be absent."""
        return None if ref is None else cls(ref["name"], ref["key"])
