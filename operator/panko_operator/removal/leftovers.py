"""What a person types to remove what a deletion had to leave behind. It holds names and ids, and no login."""

from collections.abc import Sequence
from typing import Final

from panko_operator.accounts import logins
from panko_operator.errors import OperatorError
from panko_operator.passes.context import Context
from panko_operator.steps import keystone

_DROP_ACCOUNT: Final = {
    "mysql": "DROP USER IF EXISTS `{name}`;",
    # What a role owns or may do keeps it from being dropped.
    "postgresql": 'REASSIGN OWNED BY "{name}" TO CURRENT_USER; DROP OWNED BY "{name}"; DROP ROLE "{name}";',
}


def endpoints(context: Context) -> str:
    """Return the command against the endpoints that the status remembers."""
    remembered = keystone.remembered(context)
    ids = [id_ for made in (remembered.present, *remembered.former) for id_ in made.endpoint_ids]
    return f"openstack endpoint delete {' '.join(ids)}" if ids else "openstack endpoint list --service event"


def service_user(context: Context) -> str:
    """Return the command against the users that are remembered, else against the one that the spec names."""
    remembered = keystone.remembered(context)
    ids = [made.user_id for made in (remembered.present, *remembered.former) if made.user_id]
    rotated = _rotated_users(context)
    domain = [] if ids and not rotated else ["--domain", context.panko.spec.keystone.user_domain]
    return f"openstack user delete {' '.join([*domain, *(ids or [context.panko.service_user]), *rotated])}"


def _rotated_users(context: Context) -> list[str]:
    """Return the names of users that follow one another, but for the first."""
    slot = logins.keystone_slot(context)
    try:
        known = logins.known(context, slot)
    except OperatorError:
        return []
    before = [one.user_id or one.account for one in known.retired]
    return [*([known.next.username] if known.next else []), *before]


def database(context: Context) -> str:
    """Return the statements against the accounts. The database itself is dropped by whoever knows what it held."""
    address = context.panko.database_address()
    return f"in database {address.name} on {address.host}: {drop_accounts(address.engine, _usernames(context))}"


def drop_accounts(engine: str, usernames: Sequence[str]) -> str:
    """Return the statements that drop accounts, for an administrator who is in the database; pure."""
    return " ".join(_DROP_ACCOUNT[engine].format(name=name) for name in reversed(usernames))


def _usernames(context: Context) -> list[str]:
    slots = logins.made_database_slots(context)
    try:
        return [name for slot in slots for name in logins.accounts(context, slot)]
    except OperatorError:  # a Secret that cannot be read may be what keeps the deletion from going on
        return [slot.first for slot in slots]
