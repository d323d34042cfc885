"""What outlives the Kubernetes objects: the endpoints, the service user, the database. In the order of their removal.

Each is removed only where the deletion policy says so, and only when this Panko may have made it: the copy of the
logins, which is written before anything is, or a Secret of the account is the sign. The children in Kubernetes go by
their owner reference.
"""

from collections.abc import Callable
from typing import Final

from panko_operator.steps import cleanup, inputs, keystone
from panko_operator.steps.context import Pass
from panko_operator.steps.database import ROLES
from panko_operator.world import Login

DELETE: Final = "Delete"


def endpoints(this: Pass) -> None:
    """Withdraw the endpoints first, so that clients are told before the API goes."""
    urls = [endpoint.url for endpoint in keystone.published(this)]
    if urls and this.panko.spec.deletion_policy.keystone == DELETE:
        this.world.keystone.withdraw_endpoints(inputs.keystone_admin(this), urls)


def service_user(this: Pass) -> None:
    """Delete the service user that this Panko made."""
    wanted = this.panko.spec.deletion_policy.keystone == DELETE
    if wanted and _may_have_made(this, this.panko.keystone_user_name):
        user = keystone.user_of(this, Login(this.panko.spec.keystone.service_user, ""))
        this.world.keystone.delete_service_user(inputs.keystone_admin(this), user)


def database(this: Pass) -> None:
    """Drop the accounts, which ends the API's sessions for good, and where told so the database with all its events."""
    spec = this.panko.spec
    if spec.database.admin_secret_ref is None or not _may_have_made(this, this.panko.database_secret_name("schema")):
        return
    address, admin = inputs.database_address(this), inputs.database_login(this)
    # The owner of the database last: PostgreSQL refuses to drop a role that owns one.
    this.world.database.drop_accounts(address, admin, [this.panko.account_username(role) for role in ROLES[1:]])
    if spec.deletion_policy.database == DELETE:
        this.world.database.drop_database(address, admin)
    this.world.database.drop_accounts(address, admin, [this.panko.account_username(ROLES[0])])


def _may_have_made(this: Pass, secret: str) -> bool:
    return cleanup.found(this) is not None or this.owned("v1", "Secret", secret) is not None


# What each is called when it has to be left.
TEARDOWN: Final[tuple[tuple[str, Callable[[Pass], None]], ...]] = (
    ("its endpoints in Keystone", endpoints),
    ("its service user in Keystone", service_user),
    ("its database accounts", database),
)
