"""The end of a rotation: accounts of before are kept for as long as anything may use them, and then dropped.

It comes last, so that every new pod works already. A login that has just been renewed is current; that older ones are
still kept is nothing that anybody has to wait for.
"""

import dataclasses
from datetime import datetime, timedelta
from typing import Final

from panko_operator.accounts import former, logins, publishers, rotation
from panko_operator.accounts.credential import Retired
from panko_operator.accounts.former import LOOK_AGAIN, Users
from panko_operator.accounts.logins import APPLICATION, KEYSTONE, Slot
from panko_operator.errors import DatabaseBusyError, OperatorError
from panko_operator.observe import Observation, State
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Accounts, Configuration, Facts, Inputs, Published, Registered
from panko_operator.passes.step import Note, Outcome, done, failed
from panko_operator.resource.moments import timestamp
from panko_operator.resource.registration import Registration
from panko_operator.steps import keystone

PATIENCE: Final = timedelta(hours=1)  # a node that is gone for good, or a person's session: somebody has to look


@dataclasses.dataclass(slots=True)
class Sweep:
    """What one look at the accounts of before has come to."""

    kept: list[str] = dataclasses.field(default_factory=list)  # with what each waits for
    overdue: list[str] = dataclasses.field(default_factory=list)
    times: list[datetime] = dataclasses.field(default_factory=list)
    notes: list[Note] = dataclasses.field(default_factory=list)
    failure: OperatorError | None = None


def credentials(context: Context, facts: Facts) -> Outcome:
    """Drop the accounts of before that nothing uses any more."""
    sweep, users = Sweep(), Users(context, facts[Configuration].secret_name)
    for slot in logins.slots(context):
        for retired in logins.kept(context, slot).retired:
            try:
                _consider(context, facts, slot, retired=retired, sweep=sweep, users=users)
            except OperatorError as error:
                sweep.failure = sweep.failure or error
    registration = _sweep_former(context, facts, sweep, users=users)
    kept, again_at = publishers.expire(context)
    sweep.kept.extend(kept)
    sweep.times.extend([again_at] if again_at is not None else [])
    _hindrances(context, facts, sweep)
    return Outcome(
        _seen(sweep),
        status={"keystone": registration.as_status(), **logins.told(context)},
        notes=tuple(sweep.notes),
        again_at=min([*sweep.times, *rotation.times(context)], default=None),
    )


def _consider(context: Context, facts: Facts, slot: Slot, *, retired: Retired, sweep: Sweep, users: Users) -> None:
    due, now = former.due(context, retired), context.world.now()
    if now < due:
        sweep.kept.append(f"{retired.account} until {timestamp(due)}")
        sweep.times.append(due)
        return
    user = users.of(slot, retired) or _sessions(context, facts, slot, retired=retired)
    if user is None:
        drop = {KEYSTONE: _delete_user, APPLICATION: _delete_application}.get(slot.role, _drop_account)
        left = drop(context, facts, slot, retired=retired)
        # Forgotten after it is gone: a pass that dies in between lets it go again.
        logins.write(context, slot, logins.kept(context, slot).without(retired.account))
        gone = Note("AccountDropped", f"Account {retired.account} is gone, which nothing uses any more.")
        sweep.notes.extend(left or [gone])
        return
    (sweep.overdue if now - due >= PATIENCE else sweep.kept).append(f"{retired.account} until {user} is gone")
    sweep.times.append(now + LOOK_AGAIN)


def _sweep_former(context: Context, facts: Facts, sweep: Sweep, *, users: Users) -> Registration:
    """Remove what earlier specs made in Keystones, a user once no pod has it; return what is remembered after that."""
    registration, kept = facts[Published].registration, []
    for made in registration.left():
        user = users.of_configuration() if made.user_id else None
        if user is None:
            sweep.notes.extend(keystone.remove_former(context, facts, made))
            continue
        kept.append(made)
        sweep.kept.append(f"the user {made.user_id} of an earlier spec until {user} is gone")
        sweep.times.append(context.world.now() + LOOK_AGAIN)
    return registration.keeping(kept)


def _sessions(context: Context, facts: Facts, slot: Slot, *, retired: Retired) -> str | None:
    if slot.role in (KEYSTONE, APPLICATION):  # a token of its own is nobody's but the pods'
        return None
    inputs = facts[Inputs]
    has_any = context.world.database.has_sessions(inputs.database, inputs.database_login, retired.account)
    return "the last session of it" if has_any else None


def _drop_account(context: Context, facts: Facts, slot: Slot, *, retired: Retired) -> tuple[Note, ...]:
    inputs, server = facts[Inputs], context.world.database
    if slot.wanted:
        heir = logins.kept(context, slot).present.username
        server.retire_account(inputs.database, inputs.database_login, retired.account, heir=heir)
    else:  # nobody follows it
        server.drop_accounts(inputs.database, inputs.database_login, (retired.account,))
    return ()


def _delete_user(context: Context, facts: Facts, _slot: Slot, *, retired: Retired) -> tuple[Note, ...]:
    admin = facts[Inputs].keystone
    keystone.delete_retired(context, admin, facts[Registered].user, retired=retired)
    return ()


def _delete_application(context: Context, facts: Facts, _slot: Slot, *, retired: Retired) -> tuple[Note, ...]:
    """Delete a credential where it was made, of the present user when nobody knows whose; return a note if it stays."""
    admin, registered = facts[Inputs].keystone, facts[Registered]
    return keystone.delete_application(context, admin, retired=retired, user_id=registered.user_id)


def _hindrances(context: Context, facts: Facts, sweep: Sweep) -> None:
    """Take up what kept a next login from being made."""
    for error in (facts[Accounts].hindrance, facts[Registered].hindrance):
        if isinstance(error, DatabaseBusyError):
            sweep.kept.append(f"the present ones for now: {str(error).rstrip('.')}")
            sweep.times.append(context.world.now() + LOOK_AGAIN)
        elif error is not None:
            sweep.failure = sweep.failure or error


def _seen(sweep: Sweep) -> Observation:
    if sweep.failure is not None:
        return failed(sweep.failure)
    if sweep.overdue:
        return Observation(State.FAILED, "StillUsed", _still_used(sweep.overdue))
    if sweep.kept:
        return done("PreviousKept", f"Every login is the present one. Kept of before: {'; '.join(sweep.kept)}.")
    return done("Current", "Every login is the present one, and none of before is left.")


def _still_used(overdue: list[str]) -> str:
    return (
        f"Accounts of before cannot be dropped: {'; '.join(overdue)}. End it, as by `kubectl delete pod --force` "
        "for a pod whose node is gone."
    )
