"""`/explore/facets`: which values the events of a list have most often. The list loads it beside itself."""

import dataclasses
from collections.abc import Callable, Mapping

import falcon

from panko.api.resources.search import counts
from panko.api.resources.search.asked import Asked
from panko.asking.search.counting import arguments
from panko.errors import TooSlowError
from panko.explore.pages.asking import Asking, with_range
from panko.explore.views.facets import Facet, facets
from panko.stories import names_in, who
from panko.stories import traits as known

FIELDS = ("event_type", "outcome", "host", "user", "service")
OF_ALL_PROJECTS = ("project",)  # in one project there is one
SIZE = 8
NAMED = 100  # events, the newest, in which names are looked for
NAMING_SHARE = 0.2  # of the time of a search


@dataclasses.dataclass(frozen=True, slots=True)
class Facets:
    """The most frequent values of some fields."""

    asking: Asking

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Show them, each with links to the list with it and without it."""
        place = self.asking.place(request)
        asked = self.asking.asked(request, with_range(place))
        listed = self.asking.events(request, place.arguments)
        with asked.settings.places.one():
            found = _counted(asked, names=_names(asked), url=listed.by("filter"))
        self.asking.screen.show(request, response, "facets.html", facets=found, events=listed.changed())


def _counted(asked: Asked, *, names: Mapping[str, str], url: Callable[[str], str]) -> list[Facet] | None:
    """Count; None where not even one of them was counted in time."""
    fields = (*FIELDS, *(OF_ALL_PROJECTS if asked.question.all_projects else ()))
    wanted = arguments.facets([("field", ",".join(fields)), ("size", str(SIZE))])
    seen = {name: field for name, field in wanted.fields.items() if counts.may_count(asked.mask, field)}
    seconds = asked.settings.seconds * (1 - NAMING_SHARE)
    within = dataclasses.replace(asked, settings=dataclasses.replace(asked.settings, seconds=seconds))
    try:
        counted = counts.facets(dataclasses.replace(wanted, fields=seen), within)
    except TooSlowError:
        return None
    return facets(counted, wanted=asked.question.wanted, names=names, url=url)


def _names(asked: Asked) -> dict[str, str]:
    """Return what people are called, as far as the newest events tell it."""
    question = dataclasses.replace(asked.question, position=None, width=None)
    try:
        found = dataclasses.replace(asked, question=question).find(NAMED, seconds=asked.settings.seconds * NAMING_SHARE)
    except TooSlowError:
        return {}
    events = list(found.events)
    names = names_in(events)
    users = ((traits.get("user_id"), who(traits, names)) for traits in map(known.texts, events))
    return {user: name for user, name in users if user and name}
