"""`spec.publishers`: accounts that may POST events."""

import dataclasses

from panko_operator.resource.spec.references import KeyRef
from panko_operator.world import Manifest


@dataclasses.dataclass(frozen=True, slots=True)
class Publisher:
    """An account that may POST events with HTTP Basic. Its password is generated when no Secret is named.

    `event_types` and `projects` are all that it may store; an empty one does not confine it.
    """

    name: str
    password_secret_ref: KeyRef | None
    event_types: tuple[str, ...]
    projects: tuple[str, ...]

    @classmethod
    def parse(cls, publisher: Manifest) -> "Publisher":
        """Read one of `spec.publishers`."""
        return cls(
            publisher["name"],
            KeyRef.parse(publisher.get("passwordSecretRef")),
            tuple(publisher.get("eventTypes", ())),
            tuple(publisher.get("projects", ())),
        )
