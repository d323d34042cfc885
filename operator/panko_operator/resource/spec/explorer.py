"""`spec.explorer`: the page for people."""

import dataclasses

from panko_operator.world import Manifest


@dataclasses.dataclass(frozen=True, slots=True)
class Explorer:
    """Whether there is a page, and whether it is reached from outside of the cluster too."""

    enabled: bool
    public: bool

    @classmethod
    def parse(cls, explorer: Manifest) -> "Explorer":
        """Read `spec.explorer`."""
        return cls(enabled=explorer["enabled"], public=explorer["public"])
