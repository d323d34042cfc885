"""What is hidden from who sees all of a project without being an admin: traits about the cloud itself. Pure."""

import dataclasses
import re
import unicodedata
from collections.abc import Iterable, Sequence

from panko.errors import ForbiddenError
from panko.event import Event, Trait
from panko.filters import Scope, WholeProject
from panko.quoting import quote

# Ceilometer writes the whole publisher there, such as volume.controller-1@ceph; what stands before its host is shown.
CUT = frozenset({"service"})
SERVICE = re.compile(r"[A-Za-z0-9_-]*")


@dataclasses.dataclass(frozen=True, slots=True)
class Mask:
    """Names of traits, folded, that are neither shown nor asked for; `raw` may hold them too, and is not shown.

    Of the traits in CUT the beginning is shown and asked for.
    """

    names: frozenset[str] = frozenset()

    @property
    def hides(self) -> bool:
        """Tell whether anything is hidden."""
        return bool(self.names)

    def holds(self, name: str) -> bool:
        """Tell whether a trait is hidden. Databases may take names for the same that differ in case and accents."""
        return self.hides and folded(name) in self.names

    def cuts(self, name: str) -> bool:
        """Tell whether of a trait only the beginning is shown."""
        return self.hides and _is_cut(name)

    def cut(self, name: str, value: str) -> str:
        """Return what is shown of a text."""
        beginning = SERVICE.match(value) if self.cuts(name) else None
        return value if beginning is None else beginning[0]

    def require(self, wanted: Iterable[tuple[str, Sequence[str]]]) -> None:
        """Raise ForbiddenError when somebody asks for what is hidden: an answer would tell of it.

        `wanted` are names of traits, each with the texts that it is compared with.
        """
        for name, values in wanted if self.hides else ():
            # How a database folds other letters it knows alone.
            if self.holds(name) or not name.isascii():
                raise ForbiddenError(f"The trait {quote(name)} is for admins. Ask without it.")
            longer = [value for value in values if _is_cut(name) and not SERVICE.fullmatch(value)]
            if longer:
                message = f"Of the trait {quote(name)} what follows the name of the service is for admins. "
                raise ForbiddenError(f"{message}Instead of {quote(longer[0])} write its beginning, such as compute*.")

    def shown(self, event: Event) -> Event:
        """Return an event without what is hidden."""
        if not self.hides:
            return event
        traits = tuple(_cut(trait) for trait in event.traits if not self.holds(trait.name))
        return dataclasses.replace(event, traits=traits, raw={})


def _is_cut(name: str) -> bool:
    return folded(name) in CUT


def _cut(trait: Trait) -> Trait:
    """Return a trait without the host in it."""
    if not isinstance(trait.value, str) or not _is_cut(trait.name):
        return trait
    beginning = SERVICE.match(trait.value)
    return Trait(trait.name, trait.type, beginning[0] if beginning else "")


def mask(scope: Scope, admin_traits: Iterable[str]) -> Mask:
    """Return what is hidden inside a scope."""
    return Mask(frozenset(map(folded, admin_traits))) if isinstance(scope, WholeProject) else Mask()


def folded(name: str) -> str:
    """Return a name without case, accents and spaces around it."""
    letters = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold().strip()
