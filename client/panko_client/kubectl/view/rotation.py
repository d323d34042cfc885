"""Which logins a rotation renews, and whether it is over. Pure."""

from collections.abc import Collection
from typing import Final

from panko_client.kubectl.view.panko import Panko

ALL: Final = "all"
WHAT: Final = ("database", "keystone", "publishers", ALL)
COMPLAINTS: Final = ("NotRotated", "UnknownRotation")  # reasons of Events
RENEWED: Final = "PasswordRotated"
TOLD: Final = (*COMPLAINTS, RENEWED)
USER: Final = "keystone"
APPLICATION: Final = "application"
_AT_KEYSTONE: Final = frozenset({USER, APPLICATION})  # every other role is one of the database
_BY_APPLICATION: Final = "ApplicationCredential"
_TOO_MANY: Final = "are kept for"  # the operator makes no more of the roles that it names
_DONE: Final = ("Current", "PreviousKept")
_BOUND: Final = "Bound"

News = Collection[tuple[str, str]]  # reason and message of Events


def roles(panko: Panko, what: str) -> set[str]:
    """Return the roles of the accounts that are renewed: at Keystone, what the API's pods log in with."""
    by_application = panko.spec["keystone"].get("serviceAuth") == _BY_APPLICATION
    there = set(panko.accounts)
    wanted = there - _AT_KEYSTONE if what in ("database", ALL) else set()
    wanted |= {APPLICATION if by_application else USER} if what in ("keystone", ALL) else set()
    return wanted & there


def renewed(before: Panko, after: Panko) -> dict[str, str]:
    """Return the accounts that are other ones than before, by their roles."""
    return {role: account for role, account in after.accounts.items() if before.accounts.get(role) != account}


def is_over(before: Panko, after: Panko, what: str, *, news: News) -> bool:
    """Tell whether every pod has what is new; `news` is what the operator has told of rotations since `before`.

    The status is of before for a moment after the request is taken up, so the accounts themselves are looked at;
    passwords of publishers, which the status does not tell, are another configuration. A role that is not wanted any
    more has no account to wait for.
    """
    if not after.is_at_rest or after.condition("CredentialsCurrent").reason not in _DONE:
        return False
    if any(reason == RENEWED for reason, _ in news) and not _is_bound(before, after):
        return False
    full = " ".join(message for reason, message in news if reason in COMPLAINTS and _TOO_MANY in message)
    waited = {role for role in roles(before, what) & set(after.accounts) if role not in full}
    return waited <= set(renewed(before, after)) and bool(waited or news)


def _is_bound(before: Panko, after: Panko) -> bool:
    another = before.status.get("configHash") != after.status.get("configHash")
    return another and after.condition("BindingReady").reason == _BOUND
