"""The database and its accounts: made with the administrator's login, or tried with the account that was given."""

from panko_operator.accounts import cleanup, logins, rotation
from panko_operator.accounts.credential import Credential
from panko_operator.accounts.logins import Slot
from panko_operator.corrections import DATABASE, DATABASE_ACCOUNT, Correction
from panko_operator.errors import DatabaseError, DatabaseLoginRefusedError, DatabaseUnreachableError
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Accounts, Facts, Inputs
from panko_operator.passes.step import Note, Outcome, done, failed
from panko_operator.resource.roles import API, COLLECTOR


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
    slots = logins.database_slots(context)
    kept = {slot: _kept(context, slot) for slot in slots}
    notes: list[Note] = []
    if _ensure(context, inputs):
        with context.correcting() as noted:
            noted(Correction(DATABASE, address.name))
        notes.append(Note("DatabaseCreated", f"Database {address.name} was created on {address.host}."))
    hindrance: DatabaseError | None = None
    try:
        for slot, credential in kept.items():
            context.leave_fought_over(DATABASE_ACCOUNT, credential.present.username)
            with context.correcting() as noted:
                server.ensure_account(address, admin, credential.present, role=slot.role, correcting=noted)
            try:
                notes += _follow(context, inputs, slot, credential=credential)
            except DatabaseUnreachableError:
                raise
            except DatabaseError as error:  # all goes on with the present login
                hindrance = hindrance or error
    except DatabaseError as error:
        told = _named(context, error) if isinstance(error, DatabaseLoginRefusedError) else error
        return Outcome(failed(told), status=logins.told(context), notes=tuple(notes))
    seen = done("Ready", f"Database {address.name} and its accounts are on {address.host}.")
    present = {slot.role: logins.kept(context, slot).present for slot in slots}
    accounts = Accounts(present[API.name], hindrance, present.get(COLLECTOR.name))
    return Outcome(seen, accounts, status=logins.told(context), notes=tuple(notes))


def _ensure(context: Context, inputs: Inputs) -> bool:
    """Have the database; return whether it was made. That it is being made is written down until it is marked."""
    address = inputs.database
    created = context.world.database.ensure_database(
        address,
        inputs.database_login,
        context.owner(),
        adopt=context.panko.spec.database.adopt,
        begun=cleanup.is_creating(context, address),
        creating=lambda: cleanup.creating(context, address),
    )
    cleanup.created(context)
    return created


def _kept(context: Context, slot: Slot) -> Credential:
    """Return a login as it is written down; what it is written into may be another one by now."""
    credential = logins.kept(context, slot)
    logins.write(context, slot, credential)
    return credential


def _follow(context: Context, inputs: Inputs, slot: Slot, *, credential: Credential) -> list[Note]:
    """Make the next account, try it, and let it be the present one; both work from here on."""
    if credential.next is None:
        return []
    address, server, before = inputs.database, context.world.database, credential.present.username
    server.ensure_account(address, inputs.database_login, credential.next, role=slot.role, after=before)
    server.check_login(address, credential.next)
    logins.write(context, slot, credential.promoted(context.world.now()))
    return [rotation.followed(context, "database", before, by=credential.next.username)]


def _given(context: Context, inputs: Inputs) -> Outcome:
    address, login = inputs.database, inputs.database_login
    context.world.database.check_login(address, login)
    # Whoever hands over the one account that may change a database has given the database with it.
    context.world.database.claim(address, login, context.owner(), adopt=True)
    for slot in logins.database_slots(context):
        logins.give(context, slot, login)
    seen = done("Ready", f"Database {address.name} on {address.host} accepts the given account.")
    return Outcome(seen, Accounts(login, collector=login), status=logins.told(context))
