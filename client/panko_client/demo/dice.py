"""What is left to chance, the same for the same seed."""

import random
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Throws of one seed. Nothing secret is made of them."""

    def __init__(self, seed: int | str) -> None:
        self._seed = seed
        self._random = random.Random(seed)  # noqa: S311 - repeatable is what is wanted

    def apart(self, name: str) -> "Dice":
        """Return dice for one purpose, which others do not change however often they throw."""
        return Dice(f"{self._seed}/{name}")

    def uuid(self) -> str:
        """Return an id as nova's and neutron's are."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def hex(self) -> str:
        """Return an id as keystone's are."""
        return f"{self._random.getrandbits(128):032x}"

    def chance(self, share: float) -> bool:
        """Tell whether something happens that does so in this share of all cases."""
        return self._random.random() < share

    def between(self, least: float, most: float) -> float:
        """Return a number between two."""
        return least + (most - least) * self._random.random()

    def seconds(self, least: float, most: float) -> timedelta:
        """Return a duration between two, exact to the microsecond."""
        return timedelta(microseconds=int(self.between(least, most) * 1_000_000))

    def one(self, things: Sequence[T]) -> T:
        """Return one of several."""
        return things[int(self._random.random() * len(things))]
