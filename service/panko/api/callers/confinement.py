"""What a publisher may write, when somebody has confined it to event types or to projects. Pure."""

import dataclasses
import re
from collections.abc import Iterable, Sequence

from panko.errors import ForbiddenEventsError
from panko.event import Event
from panko.quoting import listed, quote

ANY = "*"
PATTERN = re.compile(r"[A-Za-z0-9._:/-]*\*?[A-Za-z0-9._:/-]*")
PROJECT = re.compile(r"[A-Za-z0-9._-]{1,64}")
LONGEST_PATTERN = 255
MOST = 64  # of each list


@dataclasses.dataclass(frozen=True, slots=True)
class Confinement:
    """The event types and the projects of which an account may store events; None does not confine.

    An event type is exact, or has one `*`, which stands for any characters or none. An event without a project is of
    none of the projects.
    """

    event_types: tuple[str, ...] | None = None
    projects: tuple[str, ...] | None = None

    def require(self, events: Sequence[Event], *, publisher: str) -> None:
        """Raise ForbiddenEventsError unless the account may store all of these."""
        outside = [(index, reason) for index, event in enumerate(events) for reason in self._reasons(event)]
        if outside:
            raise ForbiddenEventsError(outside, allowed=self._allowed(publisher))

    def _reasons(self, event: Event) -> Iterable[str]:
        if self.event_types is not None and not any(_matches(each, event.event_type) for each in self.event_types):
            yield f"event type {quote(event.event_type)}"
        if self.projects is not None and event.project_id not in self.projects:
            yield "no project_id" if event.project_id is None else f"project {quote(event.project_id)}"

    def _allowed(self, publisher: str) -> str:
        lists = (("event types", self.event_types), ("projects", self.projects))
        allowed = " and ".join(f"of the {name} {listed(values)}" for name, values in lists if values is not None)
        return f"Publisher {quote(publisher)} may store events {allowed} only."


def problem(kind: str, values: Sequence[str]) -> str | None:
    """Say what is wrong with a list of `event_types` or `projects`; None when it can be used."""
    if not 0 < len(values) <= MOST or "" in values:
        return f"is not a list of 1 to {MOST} values, with a comma between each"
    if kind == "projects":
        return None if all(map(PROJECT.fullmatch, values)) else "holds what is no id of a project"
    if all(PATTERN.fullmatch(each) and len(each) <= LONGEST_PATTERN for each in values):
        return None
    return "holds what is neither an event type nor one with a single *"


def _matches(pattern: str, event_type: str) -> bool:
    start, any_, end = pattern.partition(ANY)
    if not any_:
        return event_type == pattern
    return len(event_type) >= len(start) + len(end) and event_type.startswith(start) and event_type.endswith(end)
