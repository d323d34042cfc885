"""The accounts that may POST events with HTTP Basic: a password each, and its line of htpasswd.

While a password changes both hold: the Secret keeps the previous one under `previous-password`, and a pass that dies in
between finds it there again. A line is made once and kept for as long as it fits its password: each hashing gives
another one, which would be another configuration and so a rollout.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import bcrypt

from panko_operator.accounts import secrets
from panko_operator.errors import InputError
from panko_operator.passes.context import Context
from panko_operator.resource.spec.publisher import Publisher
from panko_operator.world import Manifest

_KEYS: Final = ("password", "htpasswd")
_PREVIOUS_KEYS: Final = ("previous-password", "previous-htpasswd")
_COST: Final = 10  # the API remembers a verified password, and a pass checks every line
_LONGEST_BYTES: Final = 72  # bcrypt looks at no more


def htpasswd_lines(context: Context, given: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    """Return the lines of every publisher; its Secret holds what the publisher needs to log in.

    `given` are passwords that are not generated, by the publisher's name: the present one, and the previous or none.
    """
    return tuple(
        line
        for publisher in context.panko.spec.publishers
        for line in _lines(context, publisher, given=given.get(publisher.name))
    )


def changing(lines: Sequence[str]) -> list[str]:
    """Name the publishers whose previous password holds still."""
    return [name for name, count in Counter(line.partition(":")[0] for line in lines).items() if count > 1]


def _lines(context: Context, publisher: Publisher, *, given: tuple[str, str] | None) -> list[str]:
    """Return the line of the password and, while there is one, of the previous password."""
    name = context.panko.publisher_name(publisher.name)
    live = context.child("v1", "Secret", name) or {}
    password, previous = given or _generated(context, live)
    # What was the password may be the previous one now, and keeps its line.
    known = [secrets.decoded(live, key) for _, key in (_KEYS, _PREVIOUS_KEYS)]
    data = {"username": publisher.name}
    lines: list[str] = []
    for (key, htpasswd_key), text in ((_KEYS, password), (_PREVIOUS_KEYS, previous)):
        if not text or (lines and text == password):
            continue
        lines.append(_line(publisher.name, text, known=known))
        data |= {htpasswd_key: lines[-1]} if given else {key: text, htpasswd_key: lines[-1]}
    secrets.store(context, name, data)
    return lines


def _generated(context: Context, live: Manifest) -> tuple[str, str]:
    """Return the password that was generated, or a new one, and the one that somebody keeps valid beside it."""
    return secrets.decoded(live, _KEYS[0]) or context.world.new_secret(), secrets.decoded(live, _PREVIOUS_KEYS[0])


def _line(username: str, password: str, *, known: Sequence[str]) -> str:
    fitting = (line for line in known if _fits(line, username, password))
    return next(fitting, "") or f"{username}:{_hashed(username, password)}"


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
