"""What is planted into the week, by its ids: stories that somebody may look for."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Burst:
    """Failed logins of one user from one address."""

    user_id: str
    address: str
    since: datetime
    until: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that somebody was given."""

    at: datetime
    user_id: str
    role: str


@dataclass(frozen=True, slots=True)
class Planted:
    """A burst, a grant, and as (server, request) failed creates, a resize without an end and a create that runs."""

    failed_creates: tuple[tuple[str, str], ...]
    stuck_resize: tuple[str, str]
    failed_logins: Burst
    role_grant: Grant
    running_create: tuple[str, str]
