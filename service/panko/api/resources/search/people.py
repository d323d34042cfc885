"""What people are called whom events name by an id alone: looked for in the newest event that has their name.

So a sentence says the same on each page of a list, whatever else is on it.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from panko.api.resources.search.asked import Asked
from panko.api.resources.search.beside import SHORTEST_SECONDS, Budget
from panko.errors import TooSlowError
from panko.event import Event, TraitType
from panko.filters import Comparison, TraitFilter
from panko.stories import names_in, traits, who

MOST = 5  # people of a page: each is a search of its own
SHARE = 0.2  # of the time that is left, for each
ID, NAME = "initiator_id", "initiator_name"


def names(asked: Asked, events: Sequence[Event], budget: Budget) -> Mapping[str, str]:
    """Return the names that events have, and those of people whom they leave without, as far as the caller sees any."""
    found = dict(names_in(events))
    if asked.mask.holds(ID) or asked.mask.holds(NAME):
        return found
    question = dataclasses.replace(asked.question, position=None, width=None, newest_first=True)
    for user in _nameless(events, found)[:MOST]:
        seconds = budget.share(SHARE)
        if seconds < SHORTEST_SECONDS:
            break
        is_named = TraitFilter(ID, TraitType.TEXT, Comparison.EQ, user)
        event_filter = dataclasses.replace(asked.event_filter, expression=is_named)
        try:
            newest = dataclasses.replace(asked, question=question, event_filter=event_filter).find(1, seconds=seconds)
        except TooSlowError:  # an id says it, too
            break
        found = {**names_in(newest.events), **found}
    return found


def _nameless(events: Iterable[Event], names: Mapping[str, str]) -> list[str]:
    """Return the ids by which events call somebody, each once."""
    told = list(map(traits.texts, events))
    ids = {one[key] for one in told for key in traits.PEOPLE if key in one}
    return [actor for actor in dict.fromkeys(who(one, names) for one in told) if actor in ids]
