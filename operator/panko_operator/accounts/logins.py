"""The logins that the operator makes and renews: where each is kept, what its accounts are called, which there may be.

A login is written down before its account is made, and an account stays written down until it is gone.
"""

import dataclasses
from typing import Final

from panko_operator.accounts import archive, secrets
from panko_operator.accounts import credential as credentials
from panko_operator.accounts.credential import Credential, Retired
from panko_operator.children import config
from panko_operator.errors import InputError
from panko_operator.passes.context import Context
from panko_operator.resource import succession
from panko_operator.resource.moments import timestamp
from panko_operator.resource.roles import BY_NAME, ROLES, Role
from panko_operator.world import Manifest
from panko_operator.world.values import Login

KEYSTONE: Final = "keystone"
APPLICATION: Final = "application"  # the credential by which the service user logs in


@dataclasses.dataclass(frozen=True, slots=True)
class Slot:
    """One login: its role, its Secret, the name of its first account, and the one that earlier builds gave it.

    One that is not `wanted` any more is given up: its accounts go when nothing uses them.
    """

    role: str
    secret: str
    first: str
    earlier: str = ""
    wanted: bool = True

    def is_ours(self, account: str) -> bool:
        """Tell whether an account of this name is one of ours for this role."""
        return succession.is_of(account, self.first) or succession.is_of(account, self.earlier)


def slots(context: Context) -> tuple[Slot, ...]:
    """Return those whose accounts the operator makes."""
    return (*managed_database_slots(context), *_given_up_database_slots(context), *keystone_slots(context))


def managed_database_slots(context: Context) -> tuple[Slot, ...]:
    """Return those of the database; none where an account was given."""
    return () if context.panko.spec.database.admin_secret_ref is None else database_slots(context)


def database_slots(context: Context) -> tuple[Slot, ...]:
    """Return those of the database that are wanted, in the order in which accounts are made."""
    return tuple(_database_slot(context, role) for role in ROLES if _is_wanted(context, role))


def made_database_slots(context: Context) -> tuple[Slot, ...]:
    """Return those of the database of which there may be an account, wanted or not."""
    return (*database_slots(context), *_given_up_database_slots(context))


def _given_up_database_slots(context: Context) -> tuple[Slot, ...]:
    """Return those of the database that an earlier spec wanted, as long as something of them is left."""
    if context.panko.spec.database.admin_secret_ref is None:
        return ()
    found = (_database_slot(context, role) for role in ROLES if not _is_wanted(context, role))
    return tuple(slot for slot in found if _is_left(context, slot))


def _is_wanted(context: Context, role: Role) -> bool:
    return not role.optional or getattr(context.panko.spec, role.name) is not None


def _database_slot(context: Context, role: Role) -> Slot:
    panko = context.panko
    return Slot(
        role.name,
        panko.database_secret_name(role.name),
        panko.account_username(role.name, context.world.kube.cluster_id()),
        panko.earlier_account_username(role.name) if not role.optional else "",
        wanted=_is_wanted(context, role),
    )


def keystone_slots(context: Context) -> tuple[Slot, ...]:
    """Return those of Keystone: the service user's, and its application credential's where there is or will be one."""
    user, application = keystone_slot(context), application_slot(context)
    return (user, application) if application.wanted or _is_left(context, application) else (user,)


def application_slot(context: Context) -> Slot:
    """Return that of the service user's application credential."""
    panko = context.panko
    first = panko.account_username(KEYSTONE, context.world.kube.cluster_id())
    return Slot(APPLICATION, panko.application_name, first, wanted=panko.spec.keystone.uses_application_credential)


def _is_left(context: Context, slot: Slot) -> bool:
    """Tell whether there is something to give up. The list is known, and what is missing in it is not asked for."""
    if "deletionTimestamp" in context.body["metadata"]:
        return bool(secrets.every(context, slot.secret))  # of the copy, where the Secret has gone before the Panko
    there = context.children("v1", "Secret", "credentials")
    return any(live["metadata"]["name"] == slot.secret for live in there)


def keystone_slot(context: Context) -> Slot:
    """Return that of the service user."""
    return Slot(KEYSTONE, context.panko.keystone_user_name, context.panko.service_user)


def kept(context: Context, slot: Slot) -> Credential:
    """Return a login as it is written down; a new one, written down by now, where there is none to use.

    A Secret that somebody deleted is followed by another account: the one of before serves its pods until they have
    changed over. One that holds an account that was given instead lends nothing.
    """
    found = known(context, slot)
    if not slot.wanted:
        return _given_up(context, slot, found)
    if _is_usable(context, slot, found):
        return found
    made = _again(context, found) if _is_unused(context, slot, found) else _anew(context, slot, found)
    write(context, slot, made)
    return made


def _given_up(context: Context, slot: Slot, found: Credential) -> Credential:
    """Return what is left of a login; its Secret goes with the last of it."""
    left = found.given_up(context.world.now(), slot.is_ours)
    if left.retired:
        write(context, slot, left)
    return left


def _again(context: Context, found: Credential) -> Credential:
    """Return the account that there was with another password: no configuration has it yet."""
    login = Login(found.present.username, context.world.new_secret())
    return dataclasses.replace(found, login=login, since=context.world.now())


def _anew(context: Context, slot: Slot, found: Credential) -> Credential:
    """Return another account, in which those of before are retired."""
    now = context.world.now()
    retired = found.abandoned(now, slot.is_ours)
    password = _password_to_keep(slot, found.login) or context.world.new_secret()
    return Credential(Login(_free(context, slot, retired), password), now, retired=retired)


def begin(context: Context, slot: Slot) -> None:
    """Write a next login down, unless there is one."""
    found = kept(context, slot)
    if found.next is None:
        name = succession.following(slot.first, found.accounts(slot.is_ours), draw=context.world.new_secret)
        write(context, slot, found.begun(Login(name, context.world.new_secret())))


def write(context: Context, slot: Slot, credential: Credential) -> None:
    """Write a login down, with the configuration of the pods that read it there."""
    data = credential.as_data()
    role = BY_NAME.get(slot.role)
    if role is not None and role.mounts_config:
        data["panko.conf"] = _configuration(context, role, credential.present)
    secrets.store(context, slot.secret, data)


def give(context: Context, slot: Slot, login: Login) -> tuple[str, ...]:
    """Write an account down that was given; return the names of our own, which stay on the server."""
    retired = known(context, slot).abandoned(context.world.now(), slot.is_ours)
    data = {"username": login.username, "password": login.password, **credentials.written(retired)}
    role = BY_NAME[slot.role]
    if role.mounts_config:
        data["panko.conf"] = _configuration(context, role, login)
    secrets.store(context, slot.secret, data)
    return tuple(one.account for one in retired)


def _configuration(context: Context, role: Role, login: Login) -> str:
    key = archive.key(context) if role.writes_archive else None
    return config.render_database(context.panko, role.name, login, archive_key=key)


def accounts(context: Context, slot: Slot) -> tuple[str, ...]:
    """Return the names of all accounts that there may be, also where their Secret is gone; nothing is written."""
    return known(context, slot).accounts(slot.is_ours) or (slot.first,)


def told(context: Context) -> Manifest:
    """Return the part of the status that says which accounts there are, and since when. No password is in it."""
    entries = []
    for slot in (*database_slots(context), *keystone_slots(context)):
        found = known(context, slot)
        if found.login is not None and slot.is_ours(found.login.username):
            entries.append(_told(slot, found))
    return {"credentials": entries}


def _told(slot: Slot, found: Credential) -> Manifest:
    entry: Manifest = {"role": slot.role, "account": found.present.username, "since": timestamp(found.since)}
    retired = [{"account": one.account, "since": timestamp(one.since)} for one in found.retired]
    return entry | ({"retired": retired} if retired else {})


def copied(context: Context) -> dict[str, str]:
    """Return the names as the copy for a deletion keeps them: the Secrets themselves may be gone by then."""
    copy: dict[str, str] = {}
    for slot in slots(context):
        found = secrets.every(context, slot.secret)
        copy |= {secrets.copied_key(slot.secret, key): found[key] for key in credentials.NAMES if found.get(key)}
    return copy


def known(context: Context, slot: Slot) -> Credential:
    """Return what is written down, in the Secret or in its copy; raise InputError for what cannot be read."""
    try:
        return credentials.read(secrets.every(context, slot.secret), context.world.now())
    except ValueError:
        message = f"Secret {slot.secret} cannot be read: since and retired are the operator's own; delete the Secret."
        raise InputError(message) from None


def _is_usable(context: Context, slot: Slot, found: Credential) -> bool:
    """Tell whether a login may be used as it is: it is ours, and its Secret is there."""
    is_there = context.child("v1", "Secret", slot.secret) is not None
    return is_there and found.login is not None and bool(found.login.password) and slot.is_ours(found.login.username)


def _is_unused(context: Context, slot: Slot, found: Credential) -> bool:
    """Tell whether an account of ours has lost its Secret before any pod of the API could have its login."""
    is_ours = found.login is not None and slot.is_ours(found.login.username)
    return is_ours and not context.previous.get("configHash")


def _password_to_keep(slot: Slot, login: Login | None) -> str:
    """Return what another name gets as well: whoever names a user of their own has put its password there."""
    if slot.role != KEYSTONE or login is None or slot.is_ours(login.username):
        return ""
    return login.password


def _free(context: Context, slot: Slot, retired: tuple[Retired, ...]) -> str:
    taken = {one.account for one in retired}
    if slot.first not in taken:
        return slot.first
    return succession.following(slot.first, taken, draw=context.world.new_secret)
