"""What resources tell about themselves, to whoever counts."""

from typing import Protocol


class Counting(Protocol):
    """Somebody who counts."""

    def count_events(self, *, created: int = 0, duplicates: int = 0, refused: int = 0) -> None:
        """Count events that were posted, by what became of them."""


class NobodyCounts:
    """For a service that nobody watches."""

    def count_events(self, *, created: int = 0, duplicates: int = 0, refused: int = 0) -> None:
        """Count nothing."""
