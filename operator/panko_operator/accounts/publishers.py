"""The accounts that may POST events with HTTP Basic: a password each, and its line of htpasswd.

While a password changes both hold: the Secret keeps the previous one under `previous-password`, and a pass that dies in
between finds it there again. One that a rotation has moved there goes with time, as `previous-until` says: that counts
from when the publisher's binding carries the new one, and before that it does not go at all. One that somebody has put
there stays until somebody takes it out.

A line is made once and kept for as long as it fits its password: each hashing gives another one, which would be another
configuration and so a rollout.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from panko_operator.accounts import hashing, secrets
from panko_operator.accounts.former import LOOK_AGAIN
from panko_operator.children.binding.secret import PASSWORD_KEY
from panko_operator.children.credentials import encode
from panko_operator.errors import InputError
from panko_operator.passes.context import Context
from panko_operator.passes.step import Note
from panko_operator.resource.moments import moment, timestamp
from panko_operator.resource.spec.publisher import Publisher
from panko_operator.world import Manifest

_KEYS: Final = ("password", "htpasswd")
_PREVIOUS_KEYS: Final = ("previous-password", "previous-htpasswd")
_UNTIL_KEY: Final = "previous-until"
_SINCE_KEY: Final = "since"


def htpasswd_lines(context: Context, given: Mapping[str, tuple[str, str]]) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """Return the lines of every publisher and the passwords of now, by name; its Secret holds what it needs to log in.

    `given` are passwords that are not generated, by the publisher's name: the present one, and the previous or none.
    """
    lines: list[str] = []
    passwords: dict[str, str] = {}
    for publisher in context.panko.spec.publishers:
        passwords[publisher.name], own = _lines(context, publisher, given=given.get(publisher.name))
        lines += own
    return tuple(lines), passwords


def rotate(context: Context) -> list[Note]:
    """Make a new password for each publisher whose password is generated; the one of before holds for a while.

    One that has two already gets no third: whoever uses the older one would be refused.
    """
    return [note for publisher in context.panko.spec.publishers for note in _rotate(context, publisher)]


def _rotate(context: Context, publisher: Publisher) -> list[Note]:
    name = context.panko.publisher_name(publisher.name)
    if publisher.password_secret_ref is not None:
        where = publisher.password_secret_ref.name
        return [_not_rotated(f"The password of publisher {publisher.name} is yours: change it in Secret {where}.")]
    live = _live(context, name)
    data = secrets.values(live)
    if not data.get("password"):  # it gets its first one in this pass
        return []
    if data.get("previous-password"):
        return [_not_rotated(f"Publisher {publisher.name} has two passwords; ask again when the previous one is gone.")]
    now, retain = context.world.now(), context.panko.spec.rotation.retain_previous
    before = {f"previous-{key}": data[key] for key in _KEYS if data.get(key)}
    new = {"username": publisher.name, "password": context.world.new_secret(), _SINCE_KEY: timestamp(now)}
    secrets.store(context, name, {**new, **before, _UNTIL_KEY: timestamp(now + retain)}, read=live)
    message = (
        f"Publisher {publisher.name} has another password: Secret {context.panko.binding_name(publisher.name)} carries "
        f"it once every pod accepts it, and the one of before holds for {_minutes(retain)} more after that."
    )
    return [Note("PasswordRotated", message, rotated="publishers")]


def _minutes(duration: timedelta) -> str:
    return f"{duration / timedelta(minutes=1):g} minutes"


def _not_rotated(message: str) -> Note:
    return Note("NotRotated", message, warning=True)


def expire(context: Context) -> tuple[list[str], datetime | None]:
    """Take previous passwords out whose time has come; return what is kept, and when to look again."""
    kept, times, now = [], [], context.world.now()
    for publisher in context.panko.spec.publishers:
        name = context.panko.publisher_name(publisher.name)
        live = _live(context, name)
        data = secrets.values(live)
        until = _until(name, data)
        if until is None:
            continue
        if not _is_bound(context, publisher, data.get("password", "")):
            kept.append(f"the previous password of publisher {publisher.name} until its binding carries the new one")
            times.append(now + LOOK_AGAIN)
            continue
        if now >= until:
            gone = {*_PREVIOUS_KEYS, _UNTIL_KEY}
            secrets.store(context, name, {key: value for key, value in data.items() if key not in gone}, read=live)
            kept.append(f"the previous password of publisher {publisher.name} until no pod has it")
            times.append(now)  # for a configuration without it
            continue
        kept.append(f"the previous password of publisher {publisher.name} until {timestamp(until)}")
        times.append(until)
    return kept, min(times, default=None)


def hold_previous(context: Context, publisher: Publisher) -> None:
    """Keep the password of before for as long as the spec says from now on: the binding is about to follow."""
    name = context.panko.publisher_name(publisher.name)
    live = _live(context, name)
    data = secrets.values(live)
    before, until = _until(name, data), context.world.now() + context.panko.spec.rotation.retain_previous
    if before is not None and before < until:
        secrets.store(context, name, {**data, _UNTIL_KEY: timestamp(until)}, read=live)


def carries(live: Manifest | None, wanted: Manifest) -> bool:
    """Tell whether a live binding has the password that it should; its other keys may be what they like."""
    return live is not None and live.get("data", {}).get(PASSWORD_KEY) == wanted["data"][PASSWORD_KEY]


def _live(context: Context, name: str) -> Manifest:
    """Return a publisher's Secret, which people change too."""
    return context.owned("v1", "Secret", name) or {}


def _is_bound(context: Context, publisher: Publisher, password: str) -> bool:
    live = context.owned("v1", "Secret", context.panko.binding_name(publisher.name))
    return carries(live, {"data": encode({PASSWORD_KEY: password})})


def _until(name: str, data: Mapping[str, str]) -> datetime | None:
    """Return until when a previous password is kept; None where there is none, or somebody else takes it out."""
    if not data.get(_UNTIL_KEY) or not data.get(_PREVIOUS_KEYS[0]):
        return None
    try:
        return moment(data[_UNTIL_KEY])
    except ValueError:
        message = f"Key {_UNTIL_KEY} of Secret {name} is no time; take it out, and previous-password when it may go."
        raise InputError(message) from None


def changing(context: Context, lines: Sequence[str]) -> list[str]:
    """Name the publishers whose previous password holds until somebody takes it out."""
    two = [name for name, count in Counter(line.partition(":")[0] for line in lines).items() if count > 1]
    return [name for name in two if not secrets.every(context, context.panko.publisher_name(name)).get(_UNTIL_KEY)]


def _lines(context: Context, publisher: Publisher, *, given: tuple[str, str] | None) -> tuple[str, list[str]]:
    """Return the password, and its line and, while there is one, that of the previous password."""
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
    if not given:
        data |= _times(live, has_previous=_PREVIOUS_KEYS[0] in data)
    secrets.store(context, name, data, read=live)
    return password, lines


def _times(live: Manifest, *, has_previous: bool) -> dict[str, str]:
    """Return since when a password is the present one, and until when the one of before holds."""
    keys = (_SINCE_KEY, _UNTIL_KEY) if has_previous else (_SINCE_KEY,)
    return {key: secrets.decoded(live, key) for key in keys if key in live.get("data", {})}


def _generated(context: Context, live: Manifest) -> tuple[str, str]:
    """Return the password that was generated, or a new one, and the one that somebody keeps valid beside it."""
    return secrets.decoded(live, _KEYS[0]) or context.world.new_secret(), secrets.decoded(live, _PREVIOUS_KEYS[0])


def _line(username: str, password: str, *, known: Sequence[str]) -> str:
    fitting = (line for line in known if _fits(line, username, password))
    return next(fitting, "") or f"{username}:{_hashed(username, password)}"


def _fits(line: str, username: str, password: str) -> bool:
    name, _, hash_ = line.partition(":")
    return name == username and hashing.fits(password, hash_)


def _hashed(username: str, password: str) -> str:
    try:
        return hashing.hashed(password)
    except ValueError:
        most = hashing.LONGEST_BYTES
        message = f"The password of publisher {username} is longer than {most} bytes; write a shorter one."
        raise InputError(message) from None
