"""What no write of the operator's own tells: what a schema Job does to the database, and what goes later by itself."""

from typing import Final

from panko_operator.accounts.logins import APPLICATION, KEYSTONE
from panko_operator.accounts.secrets import Reader
from panko_operator.changes import Action, Change, Place, SchemaSize
from panko_operator.controller.planning.draft import Draft
from panko_operator.corrections import APPLICATION_CREDENTIAL, DATABASE_ACCOUNT, KEYSTONE_USER
from panko_operator.errors import OperatorError
from panko_operator.passes.context import Context
from panko_operator.steps import inputs
from panko_operator.world import Manifest

_GIB: Final = 1 << 30
_SMALL_BYTES: Final = _GIB  # below it, no index and no table takes longer than some minutes to make
_SCHEMA, _JOB = "Schema", "Job"
_IN_DATABASE: Final = (Place.DATABASE, DATABASE_ACCOUNT)
_LOGINS: Final = {
    KEYSTONE: (Place.KEYSTONE, KEYSTONE_USER),
    APPLICATION: (Place.KEYSTONE, APPLICATION_CREDENTIAL),
}
_PERHAPS: Final = "Only if the Job before it leaves something for it, which that one tells in the end."


def migration(draft: Draft, context: Context) -> None:
    """Note, after the step that would make a schema Job, what the Job would do."""
    if draft.has(_SCHEMA) or not draft.would_make(_JOB):
        return
    name = context.panko.database_name
    change = Change(Place.DATABASE, Action.CHANGE, _SCHEMA, name, note=_told(context))
    draft.note(change)


def note(draft: Draft, context: Context, status: Manifest) -> None:
    """Note what comes of itself in the end: accounts of before go, and perhaps the schema is contracted."""
    draft.remark(_JOB, context.panko.contract_name(""), _PERHAPS)
    keep = context.body["spec"]["rotation"]["retainPrevious"]
    told = f"Once nothing uses it, {keep} after another has followed it at the earliest."
    draft.step = "CredentialsCurrent"
    for login in status.get("credentials", ()):
        place, kind = _LOGINS.get(login["role"], _IN_DATABASE)
        for retired in login.get("retired", ()):
            draft.note(Change(place, Action.REMOVE, kind, retired["account"], note=told))


def _told(context: Context) -> str:
    """Say from where to where the schema would go, and how much there is of it."""
    image = context.image
    try:
        size = _size(context)
    except OperatorError as error:
        return f"Brought to the revision of image {image}; how much it holds is known later: {error}"
    if size is None:
        return f"After the database exists: its tables are made, as image {image} has them."
    before = size.revision or "(which may not be read)"
    return (
        f"From revision {before} to that of image {image}, as far as they differ; about {size.events} events, "
        f"{_cost(size)}."
    )


def _size(context: Context) -> SchemaSize | None:
    reader = Reader(context)
    address, login = inputs.database_address(reader), inputs.database_login(reader)
    return context.world.database.schema_size(address, login)


def _cost(size: SchemaSize) -> str:
    """Say how dear a change of all tables is, by what the server thinks that they take."""
    if size.size_bytes < _SMALL_BYTES:
        return f"{size.size_bytes // (1 << 20)} MiB: minutes at most"
    return f"{size.size_bytes / _GIB:.1f} GiB: an index takes minutes, and a table that has to be rewritten longer"
