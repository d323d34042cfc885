"""What a service puts on the message bus."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from panko_client import moments
from panko_client.demo.cast import User
from panko_client.demo.dice import Dice


@dataclass(frozen=True, slots=True)
class Notification:
    """A notification, as ceilometer's definitions look into it."""

    at: datetime
    publisher: str
    event_type: str
    payload: Mapping[str, Any]
    context: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return what paths are looked up in."""
        return {
            "publisher_id": self.publisher,
            "event_type": self.event_type,
            "ctxt": self.context,
            "payload": self.payload,
        }


@dataclass(frozen=True, slots=True)
class Request:
    """A request of somebody to a service, which tells of it until it is done."""

    id: str
    user: User

    @property
    def context(self) -> dict[str, Any]:
        """Its context on the message bus."""
        user, project = self.user, self.user.project
        return {
            "request_id": self.id,
            "user_id": user.id,
            "user_name": user.name,
            "project_id": project.id,
            "project_name": project.name,
            "tenant_id": project.id,
        }


def request(dice: Dice, user: User) -> Request:
    """Return a request of a user."""
    return Request(f"req-{dice.uuid()}", user)


def zoned(moment: datetime) -> str:
    """Write a time as nova's database has it."""
    return f"{moments.written(moment)}+00:00"
