"""The database and its accounts: made with the administrator's login, or tried with the account that was given."""

from typing import Final

from panko_operator.children import config
from panko_operator.errors import DatabaseLoginRefusedError
from panko_operator.observe import Observation
from panko_operator.steps import accounts, keystone, secrets
from panko_operator.steps.accounts import ROLES
from panko_operator.steps.context import Pass, done
from panko_operator.world import Login

WITH_CONFIG: Final = ("schema", "expirer")  # their pods mount the Secret as their panko.conf


def database(this: Pass) -> Observation:
    """Have a database that each role can log in to."""
    spec = this.panko.spec.database
    try:
        return _given(this) if spec.admin_secret_ref is None else _managed(this)
    except DatabaseLoginRefusedError as refusal:
        reference = spec.admin_secret_ref or spec.account_secret_ref
        secret = reference.name if reference else ""
        raise DatabaseLoginRefusedError(f"{refusal} in Secret {secret}") from refusal


def _managed(this: Pass) -> Observation:
    address, server = this.database_address, this.world.database
    logins = {role: _kept(this, role) for role in ROLES}
    if server.ensure_database(address, this.database_login, keystone.owner(this), adopt=this.panko.spec.database.adopt):
        this.note("DatabaseCreated", f"Database {address.name} was created on {address.host}.")
    for role, login in logins.items():
        server.ensure_account(address, this.database_login, login, role=role)
    this.api_login = logins["api"]
    return done("Ready", f"Database {address.name} and its accounts are on {address.host}.")


def _given(this: Pass) -> Observation:
    address = this.database_address
    this.world.database.check_login(address, this.database_login)
    # Whoever hands over the one account that may change a database has given the database with it.
    this.world.database.claim(address, this.database_login, keystone.owner(this), adopt=True)
    for role in ROLES:
        _store(this, role, this.database_login)
    this.api_login = this.database_login
    return done("Ready", f"Database {address.name} on {address.host} accepts the given account.")


def _kept(this: Pass, role: str) -> Login:
    login = accounts.login(this, role)
    _store(this, role, login)
    return login


def _store(this: Pass, role: str, login: Login) -> None:
    data = {"username": login.username, "password": login.password}
    if role in WITH_CONFIG:
        data["panko.conf"] = config.render_database(this.panko, role, login)
    secrets.store(this, this.panko.database_secret_name(role), data)
