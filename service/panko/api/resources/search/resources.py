"""`/v2/search/events`, and events by what they are about."""

import dataclasses
import functools
from collections.abc import Sequence
from typing import ClassVar

import falcon

from panko.api.messages import media
from panko.api.resources.search.answers import answer
from panko.api.resources.search.asked import Searching
from panko.asking.search import meaning


@dataclasses.dataclass(frozen=True, slots=True)
class Search:
    """Events by a filter."""

    offers: ClassVar[Sequence[str]] = media.SEARCHED

    searching: Searching

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Search the events that the caller may see."""
        answer(request, response, self.searching.asked(request))


@dataclasses.dataclass(frozen=True, slots=True)
class History:
    """Events that name a resource, whichever trait does."""

    offers: ClassVar[Sequence[str]] = media.SEARCHED

    searching: Searching

    def on_get(self, request: falcon.Request, response: falcon.Response, resource_id: str) -> None:
        """List what happened to a resource, the newest first."""
        named = functools.partial(meaning.resource, resource_id)
        answer(request, response, self.searching.asked(request, about=f"resource {resource_id!a}", also=named))


@dataclasses.dataclass(frozen=True, slots=True)
class Trace:
    """Events of a request, of all services."""

    offers: ClassVar[Sequence[str]] = media.SEARCHED

    searching: Searching

    def on_get(self, request: falcon.Request, response: falcon.Response, request_id: str) -> None:
        """List what a request did, the oldest first."""
        about, named = f"request {request_id!a}", lambda _id_traits: meaning.request(request_id)
        answer(request, response, self.searching.asked(request, about=about, also=named, newest_first=False))
