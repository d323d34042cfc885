"""The accounts that may POST events with HTTP Basic: a password each, and its line of htpasswd.

A line is made once and kept for as long as it fits its password: each hashing gives another one, which would be
another configuration and so a rollout.
"""

from typing import Final

import bcrypt

from panko_operator.errors import InputError
from panko_operator.resource.spec import Publisher
from panko_operator.steps import secrets
from panko_operator.steps.context import Pass

HTPASSWD_KEY: Final = "htpasswd"
_COST: Final = 10  # the API remembers a verified password, and a pass checks every line
_LONGEST_BYTES: Final = 72  # bcrypt looks at no more


def htpasswd_lines(this: Pass) -> tuple[str, ...]:
    """Return a line for each publisher; its Secret holds what the publisher needs to log in."""
    return tuple(_line(this, publisher) for publisher in this.panko.spec.publishers)


def _line(this: Pass, publisher: Publisher) -> str:
    name = this.panko.publisher_name(publisher.name)
    live = this.child("v1", "Secret", name) or {}
    given = this.given_passwords.get(publisher.name)
    password = given or secrets.decoded(live, "password") or this.world.new_secret()
    line = secrets.decoded(live, HTPASSWD_KEY)
    if not _fits(line, publisher.name, password):
        line = f"{publisher.name}:{_hashed(publisher.name, password)}"
    data = {"username": publisher.name, HTPASSWD_KEY: line}
    if given is None:
        data["password"] = password
    secrets.store(this, name, data)
    return line


def _fits(line: str, username: str, password: str) -> bool:
    name, _, hashed = line.partition(":")
    try:
        return name == username and bcrypt.checkpw(password.encode(), hashed.encode())
    except ValueError:  # somebody wrote something else there, or the password is too long
        return False


def _hashed(username: str, password: str) -> str:
    if len(password.encode()) > _LONGEST_BYTES:
        message = f"The password of publisher {username} is longer than {_LONGEST_BYTES} bytes; write a shorter one."
        raise InputError(message)
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(_COST)).decode()
