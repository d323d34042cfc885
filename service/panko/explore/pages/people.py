"""What people are called whom events name by an id alone: looked for in the newest event that has their name."""

from collections.abc import Iterable, Mapping, Sequence

import falcon

from panko.errors import PankoError
from panko.event import Event
from panko.explore.pages.asking import Asking
from panko.explore.views import filters
from panko.stories import names_in, who
from panko.stories import traits as known

MOST = 5  # people: each is a search of its own
SHARE = 0.1  # of the time of a search, for each


def names(asking: Asking, request: falcon.Request, events: Sequence[Event]) -> Mapping[str, str]:
    """Return the names that events have, and those of people whom they leave without."""
    found = dict(names_in(events))
    everybody = (("all_projects", asking.place(request).get("all_projects") or ""),)
    try:
        for user in _nameless(events, found)[:MOST]:
            asked = asking.asked(request, (("filter", filters.only("initiator_id", user)), *everybody))
            with asked.settings.places.one():
                newest = asked.find(1, seconds=asked.settings.seconds * SHARE).events
            found = {**names_in(newest), **found}
    except PankoError:  # an id says it, too
        pass
    return found


def _nameless(events: Iterable[Event], names: Mapping[str, str]) -> list[str]:
    """Return the ids by which events call somebody, each once."""
    actors = (who(known.texts(event), names) for event in events)
    ids = {traits[key] for event in events for traits in (known.texts(event),) for key in known.PEOPLE if key in traits}
    return [actor for actor in dict.fromkeys(actors) if actor in ids]
