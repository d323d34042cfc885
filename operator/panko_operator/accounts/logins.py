"""The database accounts that the operator makes: one for each role, named for this Panko alone."""

from panko_operator.accounts import secrets
from panko_operator.passes.context import Context
from panko_operator.resource.roles import ROLES
from panko_operator.world import Login


def username(context: Context, role: str) -> str:
    """Return the account's name: the one that is in use, where an earlier release gave it another."""
    earlier = context.panko.earlier_account_username(role)
    if secrets.last(context, context.panko.database_secret_name(role), "username") == earlier:
        return earlier
    return context.panko.account_username(role, context.world.kube.cluster_id())


def login(context: Context, role: str) -> Login:
    """Return the account's login, with a new password when there is none; the caller writes it down before its use.

    The Secret may hold an account that was given instead, before the spec said otherwise: its password is not taken.
    """
    wanted = username(context, role)
    live = context.child("v1", "Secret", context.panko.database_secret_name(role)) or {}
    is_ours = secrets.decoded(live, "username") in ("", wanted)
    return Login(wanted, (is_ours and secrets.decoded(live, "password")) or context.world.new_secret())


def copied(context: Context) -> dict[str, str]:
    """Return the names as the copy for a deletion keeps them: the Secrets themselves may be gone by then."""
    if context.panko.spec.database.admin_secret_ref is None:
        return {}
    return {
        secrets.copied_key(context.panko.database_secret_name(role.name), "username"): username(context, role.name)
        for role in ROLES
    }
