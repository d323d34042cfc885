"""What the audit middleware notifies before and after each request to an API, in CADF.

What a request is about it says by its path: the target is the service, and of the thing it tells the kind alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from panko_client import moments
from panko_client.demo.cast import User
from panko_client.demo.dice import Dice
from panko_client.demo.notification import Notification
from panko_client.demo.services.keystone import ACCOUNT, EVENT

BAD: Final = 400
# Lines of the maps that pycadf has for the middleware: services, and words of a path with what follows them.
SERVICES: Final[Mapping[str, str]] = {
    "nova": "service/compute",
    "cinder": "service/storage/block",
    "neutron": "service/network",
}
KEYWORDS: Final[Mapping[str, str]] = {
    "servers": "server",
    "action": "None",
    "os-volume_attachments": "attachment",
    "volumes": "volume",
    "snapshots": "snapshot",
    "floatingips": "ip",
}


@dataclass(frozen=True, slots=True)
class Call:
    """A request: what is done (`create`, `update/reboot`), where, and the status of the answer."""

    service: str
    action: str
    path: str
    code: int = 202


def called(dice: Dice, user: User, call: Call, at: datetime) -> Iterator[Notification]:
    """Tell of a request before and after it."""
    payload = _payload(dice, user, call, at)
    yield Notification(at, f"{call.service}-api", "audit.http.request", payload | {"outcome": "pending"})
    answer = {
        "outcome": "failure" if call.code >= BAD else "success",
        "reason": {"reasonCode": str(call.code), "reasonType": "HTTP"},
    }
    ended = at + dice.seconds(0.08, 0.6)
    yield Notification(ended, f"{call.service}-api", "audit.http.response", payload | answer)


def before(at: datetime) -> datetime:
    """Return when the request was that is acted upon then."""
    return at - timedelta(milliseconds=190)


def kind(call: Call) -> str:
    """Return what the middleware makes of a path."""
    found, before = [SERVICES[call.service]], ""
    for word in call.path.split("/"):
        if word in KEYWORDS:
            found.append(word)
        elif before in KEYWORDS:
            found.append(KEYWORDS[before])
        before = word
    return "/".join(found)


def _payload(dice: Dice, user: User, call: Call, at: datetime) -> dict[str, Any]:
    return {
        "typeURI": EVENT,
        "id": dice.uuid(),
        "eventTime": f"{moments.written(at)}+00:00",
        "eventType": "activity",
        "action": call.action,
        "requestPath": call.path,
        "observer": {"id": "target"},
        "target": {"id": call.service, "name": call.service, "typeURI": kind(call)},
        "initiator": {
            "typeURI": ACCOUNT,
            "id": user.id,
            "name": user.name,
            "project_id": user.project.id,
            "host": {"address": user.address},
        },
    }
