"""The application credential by which the API logs in at Keystone, where the spec wants one.

It is written down before it is made, with the user that it is made for: another user gets another one, and the one of
before goes where it was made. The service user's password stays with the operator.
"""

import dataclasses

from panko_operator.accounts import logins, rotation
from panko_operator.accounts.credential import Credential
from panko_operator.corrections import APPLICATION_CREDENTIAL
from panko_operator.errors import KeystoneError, KeystoneUnreachableError
from panko_operator.passes.context import Context
from panko_operator.passes.step import Note
from panko_operator.world.values import KeystoneAdmin, Login, ServiceUser


@dataclasses.dataclass(frozen=True, slots=True)
class Held:
    """The credential that there is, what people are told of it, and what keeps another one from following it."""

    login: Login | None = None
    notes: tuple[Note, ...] = ()
    hindrance: KeystoneError | None = None


def held(context: Context, admin: KeystoneAdmin, user: ServiceUser, *, user_id: str) -> Held:
    """Have the credential of the service user, and the one that is to follow it; nothing where none is wanted."""
    slot = logins.application_slot(context)
    if not slot.wanted:
        return Held()
    here = user_id, context.panko.spec.keystone.auth_url
    credential = logins.kept(context, slot)
    if not credential.user_id:
        credential = credential.placed(*here)
    logins.write(context, slot, credential)
    stays = (credential.user_id, credential.auth_url) == here and _is_as_wanted(context, admin, user, credential)
    if not stays:  # of another user, with other roles: it works on until another one does
        logins.begin(context, slot)
        credential = logins.kept(context, slot)
    if credential.next is None:
        return Held(credential.present)
    try:
        return _follow(context, admin, user, credential=credential, here=here)
    except KeystoneUnreachableError:
        raise
    except KeystoneError as error:
        if not stays:
            raise
        return Held(credential.present, hindrance=error)


def _is_as_wanted(context: Context, admin: KeystoneAdmin, user: ServiceUser, credential: Credential) -> bool:
    name = credential.present.username
    context.leave_fought_over(APPLICATION_CREDENTIAL, name)
    with context.correcting() as noted:
        return context.world.keystone.ensure_application_credential(admin, user, credential.present, correcting=noted)


def _follow(
    context: Context, admin: KeystoneAdmin, user: ServiceUser, *, credential: Credential, here: tuple[str, str]
) -> Held:
    """Make the next credential, try it, and let it be the present one; both work from here on."""
    server, slot, before = context.world.keystone, logins.application_slot(context), credential.present.username
    following = credential.next or credential.present
    if not server.ensure_application_credential(admin, user, following, after=before):
        # Made for an earlier spec by a pass that died: nobody has it.
        server.delete_application_credential(admin, user.owner, user_id=here[0], name=following.username)
        server.ensure_application_credential(admin, user, following, after=before)
    server.check_login(admin, dataclasses.replace(user, application=following))
    place = {"user_id": credential.user_id, "auth_url": credential.auth_url}
    logins.write(context, slot, credential.promoted(context.world.now(), **place).placed(*here))
    return Held(following, notes=(rotation.followed(context, logins.APPLICATION, before, by=following.username),))
