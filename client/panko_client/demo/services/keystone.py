"""Keystone's notifications, in CADF."""

from datetime import datetime
from typing import Any, Final

from panko_client import moments
from panko_client.demo.cast import User
from panko_client.demo.dice import Dice
from panko_client.demo.notification import Notification

PUBLISHER: Final = "identity.controller-1"
EVENT: Final = "http://schemas.dmtf.org/cloud/audit/1.0/event"
ACCOUNT: Final = "service/security/account/user"
AGENT: Final = "python-openstackclient keystoneauth1/5.11.0 python-requests/2.32.4 CPython/3.11.2"


def login(dice: Dice, user: User, at: datetime, *, address: str | None = None, succeeds: bool = True) -> Notification:
    """Tell of a login, or of one that did not succeed."""
    payload = _cadf(dice, at, "authenticate", user, address=address or user.address)
    payload["outcome"] = "success" if succeeds else "failure"
    return Notification(at, PUBLISHER, "identity.authenticate", payload)


def user_created(dice: Dice, admin: User, user: User, at: datetime) -> Notification:
    """Tell of a new user."""
    payload = _cadf(dice, at, "created.user", admin, address=admin.address)
    return Notification(at, PUBLISHER, "identity.user.created", payload | {"resource_info": user.id})


def role_granted(dice: Dice, admin: User, user: User, *, role: str, at: datetime) -> Notification:
    """Tell that a user was given a role in its project."""
    payload = _cadf(dice, at, "created.role_assignment", admin, address=admin.address)
    granted = {"role": role, "user": user.id, "project": user.project.id, "inherited_to_projects": False}
    return Notification(at, PUBLISHER, "identity.role_assignment.created", payload | granted)


def _cadf(dice: Dice, at: datetime, action: str, user: User, *, address: str) -> dict[str, Any]:
    return {
        "typeURI": EVENT,
        "id": dice.uuid(),
        "eventTime": f"{moments.written(at)}+00:00",
        "eventType": "activity",
        "action": action,
        "outcome": "success",
        "initiator": {
            "typeURI": ACCOUNT,
            "id": user.id,
            "name": user.name,
            "project_id": user.project.id,
            "host": {"address": address, "agent": AGENT},
        },
        "target": {"typeURI": ACCOUNT, "id": user.id},
        "observer": {"typeURI": "service/security", "id": "keystone"},
    }
