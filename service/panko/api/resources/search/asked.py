"""A question together with who asks it: which events are looked for, and how they are shown."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import falcon

from panko import policies
from panko.api.callers import credentials, masking
from panko.api.callers.enforcer import Enforcer
from panko.api.callers.masking import Mask
from panko.api.messages import body
from panko.api.resources.search.settings import SearchSettings
from panko.asking.search import expression, naming, question
from panko.asking.search.meaning import names, texts
from panko.asking.search.question import Question
from panko.event import Event
from panko.filters import EventFilter, Expression, Position
from panko.storage import Connection, Found

MID_STREAM_SECONDS = 60.0


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """A question, the events that it is about, and what of them is hidden from the caller."""

    question: Question
    event_filter: EventFilter
    mask: Mask
    connection: Connection
    settings: SearchSettings

    def find(
        self,
        limit: int,
        after: Position | None = None,
        *,
        seconds: float | None = None,
        width: timedelta | None = None,
    ) -> Found:
        """Return a page as the caller may see it, in the time that a search has, or in what is left of it.

        The first page is looked for as the one before it was found that the question goes on from.
        """
        page, time = self.question.page(limit, after), self.settings.seconds if seconds is None else seconds
        known = self.question.width if after is None else width
        found = self.connection.search_events(self.event_filter, page, seconds=time, width=known)
        if not self.mask.hides:
            return found
        return dataclasses.replace(found, events=[self.mask.shown(event) for event in found.events])

    def pages(self, limit: int) -> Iterator[tuple[Sequence[Event], bool]]:
        """Yield every page, and whether another one follows.

        A page has its place while it is looked for, and not while it is sent: who reads slowly keeps nobody waiting.
        Once something was sent there is no way to say that others search, so the wait is longer.
        """
        after, width, waiting = None, None, None
        while True:
            with self.settings.places.one(waiting):
                found = self.find(limit, after, width=width)
            yield found.events, found.next is not None
            if found.next is None:
                return
            after, width, waiting = found.next, found.width, MID_STREAM_SECONDS


@dataclasses.dataclass(frozen=True, slots=True)
class Searching:
    """What searches work with."""

    connection: Connection
    enforcer: Enforcer
    settings: SearchSettings

    def asked(
        self,
        request: falcon.Request,
        *,
        about: str = "",
        also: Callable[[Sequence[str]], Expression] | None = None,
        newest_first: bool = True,
        arguments: Sequence[tuple[str, str]] | None = None,
    ) -> Asked:
        """Read a request. Raise ForbiddenError and InvalidInputError.

        `about` and `also` are what its path says; the latter is told in which places the caller may look for an id.
        `arguments` are those of the URL, where some of them are none of a search.
        """
        caller = credentials.from_environ(request.env)
        caller.require_project()
        self.enforcer.require(policies.SEARCH, caller)
        sent = body.arguments(request) if arguments is None else arguments
        wanted = question.read(sent, now=datetime.now(UTC), about=about, newest_first=newest_first)
        scope = self.enforcer.search_scope(caller, all_projects=wanted.all_projects)
        mask = masking.mask(scope, self.settings.admin_traits)
        mask.require((name, texts(token)) for name, token in names(wanted.wanted, id_traits=()))
        id_traits = [place for place in self.settings.id_traits if not mask.holds(naming.trait_of(place))]
        meant = expression(wanted.wanted, id_traits=id_traits)
        event_filter = EventFilter(scope, wanted.expression(meant, *([also(id_traits)] if also else ())))
        return Asked(wanted, event_filter, mask, self.connection, self.settings)
