"""Why there is nothing to see, and what to do about it. Pure."""

import dataclasses
from datetime import datetime

from panko.explore.views.links import Place
from panko.explore.views.spans import EVERYTHING, Span


@dataclasses.dataclass(frozen=True, slots=True)
class Way:
    """A link out of it."""

    text: str
    href: str


@dataclasses.dataclass(frozen=True, slots=True)
class Emptiness:
    """A title, a sentence and ways out; `is_silent` says that nothing at all was stored for the caller."""

    title: str
    text: str
    ways: tuple[Way, ...] = ()
    is_silent: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """What else is known: whether anything is stored that the caller sees, and when the last of it was generated."""

    any: bool
    last: datetime | None = None
    is_admin: bool = False


def why(place: Place, span: Span, *, has_filter: bool, seen: Seen) -> Emptiness:
    """Return why a list has no events."""
    if place.get("cursor"):
        return Emptiness("Nothing earlier", "These were all.", (Way("Back to the newest", place.changed()),))
    if not seen.any:
        return _silent(place, seen)
    last = f" The last event that you may see is of {seen.last:%Y-%m-%d %H:%M:%S} UTC." if seen.last else ""
    everything = Way("Look at all that is kept", place.changed(from_=EVERYTHING, to=None))
    is_all = span.is_relative and span.said_from == EVERYTHING
    if has_filter:
        text = f"No event of this range has all of this.{last} Take a part of the filter out, or look further back."
        ways = (Way("Clear the filter", place.changed(filter=None)), *(() if is_all else (everything,)))
        return Emptiness("Nothing matches the filter", text, ways)
    return Emptiness("Nothing happened in this range", f"There are events, but none from then.{last}", (everything,))


EVENT_PIPELINE = """\
# For ceilometer's notification agent: [DEFAULT] event_pipeline_cfg_file names this file. Set [notification]
# ack_on_event_error = false as well, or events are lost whenever Panko cannot be reached.
sources:
- name: event_source
  events:
  - '*'
  sinks:
  - event_sink
sinks:
- name: event_sink
  publishers:
  - {scheme}://PUBLISHER:PASSWORD@{host}/v2/events?timeout=20&max_retries=5
"""


def event_pipeline(server: str) -> str:
    """Return a file for ceilometer that sends events to a server; account and password are those of a publisher."""
    scheme, _, host = server.partition("://")
    return EVENT_PIPELINE.format(scheme=scheme, host=host)


def _silent(place: Place, seen: Seen) -> Emptiness:
    if seen.is_admin and place.get("all_projects") != "true":
        way = Way("Look at all projects", place.changed(all_projects="true"))
        text = "Nothing is stored of this project, and nothing without one. Other projects may have events."
        return Emptiness("This project has no events", text, (way,))
    if seen.is_admin:
        text = "Nothing is stored at all: no producer has published yet, or what was stored is older than what is kept."
        return Emptiness("No producer has published yet", text, is_silent=True)
    text = (
        "Nothing is stored that you may see. Without another policy that is what you did yourself in this project: do "
        "something, such as making a server, and it is here within a minute."
    )
    return Emptiness("You have no events in this project", text)
