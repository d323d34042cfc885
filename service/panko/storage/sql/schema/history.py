"""The history of the schema as this release knows it: the order of revisions, and the phase of each.

It reads files only.

A release that expands the schema is followed by one that contracts it once no process of an earlier release is left.
"""

import dataclasses
import enum
import functools
from pathlib import Path
from typing import Final

from alembic.config import Config
from alembic.script import ScriptDirectory

FOLDER: Final = Path(__file__).parent / "migrations"


class Phase(enum.Enum):
    """What a run does: the part that earlier releases can live with, the rest, or both in turn."""

    EXPAND = "expand"
    CONTRACT = "contract"
    BOTH = "both"


@dataclasses.dataclass(frozen=True, slots=True)
class History:
    """All revisions, the oldest first, and those of them that contract."""

    revisions: tuple[str, ...]
    contracting: frozenset[str]

    @property
    def newest(self) -> str:
        """The revision that this release needs in the end."""
        return self.revisions[-1]

    @property
    def expanded(self) -> str:
        """The newest revision that releases before this one can live with."""
        return next(one for one in reversed(self.revisions) if one not in self.contracting)

    def knows(self, revision: str) -> bool:
        """Tell whether this release knows a revision."""
        return revision in self.revisions

    def is_before(self, revision: str | None, other: str) -> bool:
        """Tell whether a known revision, or none at all, comes before another one."""
        return revision is None or self.revisions.index(revision) < self.revisions.index(other)

    def floor(self, revision: str) -> str:
        """Return the revision that a release has to know to work with the schema of another one.

        A release that knows it has all that was left when something was taken away last.
        """
        passed = self.revisions[: self.revisions.index(revision) + 1]
        last = max((index for index, one in enumerate(passed) if one in self.contracting), default=1)
        return passed[max(0, last - 1)]


def config() -> Config:
    """Return what Alembic has to know."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return made


@functools.cache
def known() -> History:
    """Return the history that this release comes with."""
    scripts = list(ScriptDirectory.from_config(config()).walk_revisions())[::-1]
    contracting = frozenset(script.revision for script in scripts if Phase(script.module.phase) is Phase.CONTRACT)
    return History(tuple(script.revision for script in scripts), contracting)
