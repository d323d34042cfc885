"""The accounts that may POST events with HTTP Basic: a password each, and its line of htpasswd.

A line is made once and kept for as long as it fits its password: each hashing gives another one, which would be
another configuration and so a rollout.
"""

from collections.abc import Mapping
from typing import Final

import bcrypt

from panko_operator.errors import InputError
from panko_operator.resource.spec import Publisher
from panko_operator.steps import secrets
from panko_operator.steps.context import Context

HTPASSWD_KEY: Final = "htpasswd"
_COST: Final = 10  # the API remembers a verified password, and a pass checks every line
_LONGEST_BYTES: Final = 72  # bcrypt looks at no more


def htpasswd_lines(context: Context, given_passwords: Mapping[str, str]) -> tuple[str, ...]:
    """Return a line for each publisher; its Secret holds what the publisher needs to log in."""
    return tuple(
        _line(context, publisher, given=given_passwords.get(publisher.name))
        for publisher in context.panko.spec.publishers
    )


def _line(context: Context, publisher: Publisher, *, given: str | None) -> str:
    name = context.panko.publisher_name(publisher.name)
    live = context.child("v1", "Secret", name) or {}
    password = given or secrets.decoded(live, "password") or context.world.new_secret()
    line = secrets.decoded(live, HTPASSWD_KEY)
    if not _fits(line, publisher.name, password):
        line = f"{publisher.name}:{_hashed(publisher.name, password)}"
    data = {"username": publisher.name, HTPASSWD_KEY: line}
    if given is None:
        data["password"] = password
    secrets.store(context, name, data)
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
