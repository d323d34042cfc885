"""The database accounts that the operator makes: one for each role, named for this Panko alone."""

from typing import Final

from panko_operator.steps import secrets
from panko_operator.steps.context import Pass
from panko_operator.world import Login

ROLES: Final = ("schema", "api", "expirer")


def username(this: Pass, role: str) -> str:
    """Return the account's name: the one that is in use, where an earlier release gave it another."""
    earlier = this.panko.earlier_account_username(role)
    if secrets.last(this, this.panko.database_secret_name(role), "username") == earlier:
        return earlier
    return this.panko.account_username(role, this.world.kube.cluster_id())


def login(this: Pass, role: str) -> Login:
    """Return the account's login; make its password, and write it down, when there is none.

    The Secret may hold an account that was given instead, before the spec said otherwise: its password is not taken.
    """
    wanted, name = username(this, role), this.panko.database_secret_name(role)
    if secrets.last(this, name, "username") not in ("", wanted):
        secrets.store(this, name, {"username": wanted, "password": this.world.new_secret()})
    kept = secrets.kept(this, name, {"password": this.world.new_secret, "username": lambda: wanted})
    return Login(wanted, kept["password"])


def copied(this: Pass) -> dict[str, str]:
    """Return the names as the copy for a deletion keeps them: the Secrets themselves may be gone by then."""
    if this.panko.spec.database.admin_secret_ref is None:
        return {}
    return {
        secrets.copied_key(this.panko.database_secret_name(role), "username"): username(this, role) for role in ROLES
    }
