"""The database and its accounts: made with the administrator's login, or tried with the account that was given."""

from panko_operator.accounts import logins, secrets
from panko_operator.children import config
from panko_operator.errors import DatabaseError, DatabaseLoginRefusedError
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Accounts, Facts, Inputs
from panko_operator.passes.step import Note, Outcome, done, failed
from panko_operator.resource.roles import ROLES, Role
from panko_operator.world import Login


def database(context: Context, facts: Facts) -> Outcome:
    """Have a database that each role can log in to."""
    spec, inputs = context.panko.spec.database, facts[Inputs]
    try:
        return _given(context, inputs) if spec.admin_secret_ref is None else _managed(context, inputs)
    except DatabaseLoginRefusedError as refusal:
        raise _named(context, refusal) from refusal


def _named(context: Context, refusal: DatabaseLoginRefusedError) -> DatabaseLoginRefusedError:
    spec = context.panko.spec.database
    reference = spec.admin_secret_ref or spec.account_secret_ref
    return DatabaseLoginRefusedError(f"{refusal} in Secret {reference.name if reference else ''}")


def _managed(context: Context, inputs: Inputs) -> Outcome:
    address, admin, server = inputs.database, inputs.database_login, context.world.database
    made = {role.name: _kept(context, role) for role in ROLES}
    notes: tuple[Note, ...] = ()
    if server.ensure_database(address, admin, context.owner(), adopt=context.panko.spec.database.adopt):
        notes = (Note("DatabaseCreated", f"Database {address.name} was created on {address.host}."),)
    try:
        for role, login in made.items():
            server.ensure_account(address, admin, login, role=role)
    except DatabaseError as error:
        told = _named(context, error) if isinstance(error, DatabaseLoginRefusedError) else error
        return Outcome(failed(told), notes=notes)
    seen = done("Ready", f"Database {address.name} and its accounts are on {address.host}.")
    return Outcome(seen, Accounts(made["api"]), notes=notes)


def _given(context: Context, inputs: Inputs) -> Outcome:
    address, login = inputs.database, inputs.database_login
    context.world.database.check_login(address, login)
    # Whoever hands over the one account that may change a database has given the database with it.
    context.world.database.claim(address, login, context.owner(), adopt=True)
    for role in ROLES:
        _store(context, role, login)
    seen = done("Ready", f"Database {address.name} on {address.host} accepts the given account.")
    return Outcome(seen, Accounts(login))


def _kept(context: Context, role: Role) -> Login:
    login = logins.login(context, role.name)
    _store(context, role, login)
    return login


def _store(context: Context, role: Role, login: Login) -> None:
    data = {"username": login.username, "password": login.password}
    if role.mounts_config:
        data["panko.conf"] = config.render_database(context.panko, role.name, login)
    secrets.store(context, context.panko.database_secret_name(role.name), data)
