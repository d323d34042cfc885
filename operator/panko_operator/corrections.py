"""What was not as wanted and is put right, and who is told of it. Nothing here does anything."""

import dataclasses
from collections.abc import Callable
from typing import Final

# What is corrected outside of Kubernetes. What is fought over is known by these names, so all have to say the same.
DATABASE: Final = "Database"
DATABASE_ACCOUNT: Final = "DatabaseAccount"
KEYSTONE_USER: Final = "KeystoneUser"
KEYSTONE_PROJECT: Final = "KeystoneProject"
KEYSTONE_SERVICE: Final = "KeystoneService"
KEYSTONE_ENDPOINT: Final = "KeystoneEndpoint"
APPLICATION_CREDENTIAL: Final = "KeystoneApplicationCredential"


@dataclasses.dataclass(frozen=True, slots=True)
class Correction:
    """Something that was not as wanted. Without a field it was gone; `by` is who changed it, as far as that is told."""

    kind: str
    name: str
    field: str = ""
    by: str = ""

    @property
    def subject(self) -> str:
        """What it is about, as people call it."""
        return f"{self.kind} {self.name}"


Correcting = Callable[[Correction], None]


def unnoticed(_correction: Correction) -> None:
    """Take no notice of what is corrected."""
