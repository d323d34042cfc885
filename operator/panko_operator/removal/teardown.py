"""What outlives the Kubernetes objects: the endpoints, the service user, the database. In the order of their removal.

Each is removed only where the deletion policy says so, and only when this Panko may have made it: the copy of the
logins, which is written before anything is, or a Secret of the account is the sign. The children in Kubernetes go by
their owner reference.
"""

import dataclasses
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from panko_operator.accounts import cleanup, logins
from panko_operator.accounts.cleanup import DELETE
from panko_operator.accounts.secrets import Reader
from panko_operator.errors import KeystoneError
from panko_operator.passes.context import Context
from panko_operator.removal import leftovers
from panko_operator.resource.registration import Registration
from panko_operator.resource.roles import OWNER
from panko_operator.steps import inputs, keystone
from panko_operator.world.values import KeystoneAdmin, Login, Made, Owner

CREATED: Final = "created"
KEYSTONE, DATABASE = PLACES = ("Keystone", "database")  # neither waits for the other


def endpoints(context: Context) -> None:
    """Withdraw the endpoints first, so that clients are told before the API goes; the service when it has none left.

    They are found by their mark: a pass that died may have published what no status tells.
    """
    if not _is_in_keystone(context):
        return
    admin, owner, remembered = inputs.keystone_admin(Reader(context)), context.owner(), keystone.remembered(context)
    known = remembered.present.endpoint_ids
    removals: list[Callable[[], object]] = [
        partial(context.world.keystone.withdraw_endpoints, admin, owner, known=known, empty_service=True),
        *(
            partial(_remove, context, admin, dataclasses.replace(one, user_id="", project_id=""), owner=owner)
            for one in _former(context, remembered)
            if one.endpoint_ids
        ),
    ]
    _try_all(removals)


def service_user(context: Context) -> None:
    """Delete the service user that this Panko made, and those of earlier specs."""
    if not _is_in_keystone(context):
        return
    admin, owner, remembered = inputs.keystone_admin(Reader(context)), context.owner(), keystone.remembered(context)
    slot = logins.keystone_slot(context)
    known = logins.known(context, slot)
    user = keystone.user_of(context, Login(slot.first, known.login.password if known.login else ""))
    delete, by_id = context.world.keystone.delete_service_user, {one.account for one in known.retired if one.user_id}
    removals: list[Callable[[], object]] = [
        partial(delete, admin, user),
        # By name as well: a pass that died after a rotation may have left a status that knows another id.
        *(
            partial(delete, admin, dataclasses.replace(user, username=name, known_id=""))
            for name in known.accounts(slot.is_ours)
            if name not in by_id
        ),
        *(partial(keystone.delete_retired, context, admin, user, retired=one) for one in known.retired if one.user_id),
        *(partial(_remove, context, admin, former, owner=owner) for former in _former(context, remembered)),
        *_applications(context, admin),
    ]
    _try_all(removals)


def _applications(context: Context, admin: KeystoneAdmin) -> list[Callable[[], object]]:
    """Return how application credentials go that a user which stays would keep: a user of ours takes its own along."""
    slot = logins.application_slot(context)
    left = logins.known(context, slot).given_up(context.world.now(), slot.is_ours).retired
    user_id = keystone.remembered(context).present.user_id
    delete = partial(keystone.delete_application, context, admin, user_id=user_id)
    return [partial(delete, retired=one) for one in left if one.user_id or user_id]


def _try_all(removals: Sequence[Callable[[], object]]) -> None:
    """Do every removal that can be done, then raise what the first other one said: one Keystone may be gone.

    All at once, because several may hang.
    """
    with ThreadPoolExecutor(len(removals)) as pool:
        failures = [error for error in pool.map(_failure, removals) if error is not None]
    if failures:
        raise failures[0]


def _failure(remove: Callable[[], object]) -> KeystoneError | None:
    try:
        remove()
    except KeystoneError as error:
        return error
    return None


def _is_in_keystone(context: Context) -> bool:
    """Tell whether anything may have to be removed; the Secret of the user is written before anything is made."""
    wanted = context.panko.spec.deletion_policy.keystone == DELETE
    signs = (context.previous.get("keystone"), context.previous.get("endpoints"))
    return wanted and (any(signs) or _may_have_made(context, context.panko.keystone_user_name))


def _former(context: Context, remembered: Registration) -> list[Made]:
    """Return what earlier specs made. The newest is among it when no pass has come since the URL was changed."""
    moved = remembered.present.auth_url != context.panko.spec.keystone.auth_url
    return [*remembered.former, *([remembered.present] if moved else [])]


def _remove(context: Context, admin: KeystoneAdmin, former: Made, *, owner: Owner) -> None:
    nothing = Made(former.auth_url)
    context.world.keystone.remove_former(keystone.at(admin, former), owner, former=former, kept=nothing)


def database(context: Context) -> None:
    """Drop the accounts, which ends the API's sessions for good, and where told so the database with all its events."""
    spec = context.panko.spec
    if spec.database.admin_secret_ref is None or not _may_have_made(
        context, context.panko.database_secret_name(OWNER.name)
    ):
        return
    reader = Reader(context)
    address, admin = inputs.database_address(reader), inputs.database_login(reader)
    origin = context.world.database.origin(address, admin, context.owner())
    if origin is None:  # gone, or another's: the accounts of another cluster's Panko may have the same names
        return
    owners, others = _accounts(context)
    # The database last: it bears the mark by which a pass after one that died knows the accounts for this Panko's.
    context.world.database.drop_accounts(address, admin, (*others, *owners))
    if spec.deletion_policy.database == DELETE and origin == CREATED:
        context.world.database.drop_database(address, admin)


def _accounts(context: Context) -> tuple[list[str], list[str]]:
    """Return the accounts that own the schema, and the others: those that are being made or retired too."""
    found = [
        (slot.role, name) for slot in logins.made_database_slots(context) for name in logins.accounts(context, slot)
    ]
    owners = [name for role, name in found if role == OWNER.name]
    return owners, [name for role, name in found if role != OWNER.name]


def _may_have_made(context: Context, secret: str) -> bool:
    return cleanup.found(context) is not None or context.owned("v1", "Secret", secret) is not None


@dataclasses.dataclass(frozen=True, slots=True)
class Removal:
    """One thing that goes: what it is called when it has to be left, where it is, and what a person types then."""

    name: str
    place: str
    remove: Callable[[Context], None]
    by_hand: Callable[[Context], str]


TEARDOWN: Final = (
    Removal("its endpoints in Keystone", KEYSTONE, endpoints, leftovers.endpoints),
    Removal("its service user in Keystone", KEYSTONE, service_user, leftovers.service_user),
    Removal("its database accounts", DATABASE, database, leftovers.database),
)
