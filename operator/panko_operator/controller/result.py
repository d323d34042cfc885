"""What a pass comes to, for whoever called it."""

import dataclasses
import enum
from collections.abc import Sequence
from datetime import datetime

from panko_operator.corrections import Correction
from panko_operator.world import Manifest
from panko_operator.world.values import DatabaseAddress, Login


class Pace(enum.Enum):
    """How soon the next pass has to come when nothing wakes it earlier."""

    SETTLED = "settled"
    WAITING = "waiting"
    FAILED = "failed"
    DELETING = "deleting"


@dataclasses.dataclass(frozen=True, slots=True)
class Made:
    """The account of the API in the database, where the operator has made it."""

    address: DatabaseAddress
    login: Login


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """What a pass came to: the status it wrote, and when it wants another one, `again_at` at the latest.

    `rotated` are the kinds of logins that it has renewed.
    """

    status: Manifest
    pace: Pace
    again_at: datetime | None = None
    rotated: frozenset[str] = frozenset()
    corrected: Sequence[Correction] = ()  # what others had changed
    account: Made | None = None
