"""Beginning to renew logins: because somebody asks for it, or because it is time.

A next login is written down here and used later in the pass. Who has asked is answered by taking the annotation away
after that write, and not before: a pass that dies in between does the same again, which finds what is begun already.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

from panko_operator.accounts import logins, publishers
from panko_operator.accounts.former import LOOK_AGAIN
from panko_operator.accounts.logins import Slot
from panko_operator.passes.context import Context
from panko_operator.passes.step import Note
from panko_operator.resource import ROTATE_ANNOTATION
from panko_operator.resource.moments import timestamp
from panko_operator.resource.registration import Registration

ALL: Final = "all"
# What is renewed, as people call it, and the word by which they ask for it.
_ACCOUNT: Final = {
    "database": ("Database account", "database"),
    "keystone": ("Keystone user", "keystone"),
    logins.APPLICATION: ("Application credential", "keystone"),
}
# What the pass before has to have found done.
_NEEDS: Final = {"database": "DBSyncReady", "keystone": "KeystoneServiceReady"}
MOST_RETIRED: Final = 8  # of one login: who asks again and again is told to wait

# None: not yet, the request stays.
Begin = Callable[[Context], list[Note] | None]


def begin(context: Context) -> tuple[Note, ...]:
    """Write down what is to follow the present logins; return what people are told of it."""
    written = context.body["metadata"].get("annotations", {}).get(ROTATE_ANNOTATION)
    asked = _words(written)
    unknown = sorted(asked - {ALL, *BEGIN})
    notes = [_unknown(written)] if unknown or (written is not None and not asked) else []
    later = []
    for kind, start in BEGIN.items():
        if asked & {ALL, kind} and not unknown:
            told = start(context)
            notes += told or ()
            later += [kind] if told is None else []
        elif _is_due(context, kind):
            start(context)
    _answer(context, written, ",".join(later))
    return tuple(notes)


def next_time(context: Context, kind: str) -> datetime | None:
    """Return when logins of a kind are due; None where that is not by time, or a rotation is under way already."""
    interval = context.panko.spec.rotation.interval
    if interval is None or kind not in SCHEDULED:
        return None
    kept = [logins.kept(context, slot) for slot in SCHEDULED[kind](context)]
    if not kept or any(credential.next is not None or credential.retired for credential in kept):
        return None
    return min(credential.since for credential in kept) + interval


def times(context: Context) -> list[datetime]:
    """Return when logins are due by time, and when somebody who asked too early is answered."""
    due = [due for due in (next_time(context, kind) for kind in SCHEDULED) if due is not None]
    return [*due, *([context.world.now() + LOOK_AGAIN] if _is_put_off(context) else [])]


def _is_put_off(context: Context) -> bool:
    """Tell whether somebody had asked before the pass that made it possible: no watch tells of that once more."""
    asked = _words(context.body["metadata"].get("annotations", {}).get(ROTATE_ANNOTATION))
    return any(asked & {ALL, kind} and not _is_settled(context, need) for kind, need in _NEEDS.items())


def _is_due(context: Context, kind: str) -> bool:
    due = next_time(context, kind)
    return due is not None and due <= context.world.now()


def followed(context: Context, kind: str, before: str, *, by: str) -> Note:
    """Tell that an account has taken another's place."""
    until = timestamp(context.world.now() + context.panko.spec.rotation.retain_previous)
    name, asked = _ACCOUNT[kind]
    message = f"{name} {by} follows {before}, which is kept until {until} at least."
    return Note("AccountRotated", message, rotated=asked)


def _words(written: str | None) -> set[str]:
    return {word.strip() for word in (written or "").split(",") if word.strip()}


def _answer(context: Context, written: str | None, later: str) -> None:
    if written is not None and written != later:
        context.world.kube.annotate(context.body, ROTATE_ANNOTATION, later or None)


def _unknown(written: str | None) -> Note:
    message = (
        f"Nothing is rotated: the annotation {ROTATE_ANNOTATION} says {written!r:.60}; write one of "
        f"{', '.join(BEGIN)} and {ALL}, or several with commas."
    )
    return Note("UnknownRotation", message, warning=True)


def _database(context: Context) -> list[Note] | None:
    ref = context.panko.spec.database.account_secret_ref
    if ref is not None:
        message = (
            f"The database account is yours, so it is not rotated: write another account or password on the server "
            f"and in Secret {ref.name}, and the pods change over."
        )
        return [Note("NotRotated", message, warning=True)]
    if not _is_settled(context, _NEEDS["database"]):  # a Job may be using the login that makes the tables
        return None
    return _begin(context, logins.database_slots(context))


def _keystone(context: Context) -> list[Note] | None:
    if not _is_settled(context, _NEEDS["keystone"]):
        return None
    if not _keystone_slots(context):
        return [borrowed(context)]
    return _begin(context, _keystone_slots(context))


def _keystone_slots(context: Context) -> tuple[Slot, ...]:
    """Return what pods log in with: the application credential, else the service user made for this Panko."""
    if context.panko.spec.keystone.uses_application_credential:
        return (logins.application_slot(context),)
    present = Registration.read(context.previous, context.panko.spec.keystone.auth_url).present
    return (logins.keystone_slot(context),) if present.user_id else ()


def borrowed(context: Context) -> Note:
    """Tell that a service user is somebody else's."""
    message = (
        f"Keystone user {context.panko.service_user} is not this Panko's, so it is not rotated: set another password "
        f"in Keystone and in Secret {context.panko.keystone_user_name}, or leave spec.keystone.serviceUser out."
    )
    return Note("NotRotated", message, warning=True)


def _begin(context: Context, slots: Iterable[Slot]) -> list[Note]:
    """Write next logins down, unless too many of before are kept."""
    slots = tuple(slots)
    kept = [logins.kept(context, slot) for slot in slots]
    if any(len(credential.retired) >= MOST_RETIRED for credential in kept):
        roles = ", ".join(slot.role for slot in slots)
        message = (
            f"{MOST_RETIRED} accounts of before are kept for {roles}, so no more are made; "
            "ask again when CredentialsCurrent says that they are gone."
        )
        return [Note("NotRotated", message, warning=True)]
    for slot in slots:
        logins.begin(context, slot)
    return []


def _is_settled(context: Context, condition: str) -> bool:
    """Tell whether the pass before has found a condition True, for the spec as it is now."""
    found = context.previous.get("conditions", ())
    return any(
        one["type"] == condition
        and one["status"] == "True"
        and one.get("observedGeneration") == context.panko.generation
        for one in found
    )


BEGIN: Final[Mapping[str, Begin]] = {"database": _database, "keystone": _keystone, "publishers": publishers.rotate}
SCHEDULED: Final[Mapping[str, Callable[[Context], Iterable[Slot]]]] = {
    "database": logins.managed_database_slots,
    "keystone": _keystone_slots,
}
