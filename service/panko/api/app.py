"""The Falcon application: which resource answers under which path.

It knows nothing of authentication, which is the business of `panko.api.pipeline` in front of it.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import falcon

from panko.api.callers.enforcer import Enforcer
from panko.api.messages import faults, media
from panko.api.messages.bounds import Bounds
from panko.api.messages.room import Room
from panko.api.resources.capabilities import Capabilities
from panko.api.resources.event_types import EventTypes
from panko.api.resources.events import Event, Events
from panko.api.resources.health import Health
from panko.api.resources.openapi import resource as openapi
from panko.api.resources.openapi.document import document
from panko.api.resources.search.asked import Searching
from panko.api.resources.search.counts import Facets, Histogram
from panko.api.resources.search.freshness import Freshness
from panko.api.resources.search.operations import Operations
from panko.api.resources.search.resources import History, Search, Trace
from panko.api.resources.search.settings import SearchSettings
from panko.api.resources.traits import Traits, TraitTypes
from panko.api.resources.versions import Versions
from panko.api.slashes import Slashes
from panko.monitoring.counting import Counting
from panko.quoting import listed
from panko.storage import Connection


@dataclasses.dataclass(frozen=True, slots=True)
class Dependencies:
    """Everything that resources work with."""

    connection: Connection
    enforcer: Enforcer
    health: Health
    bounds: Bounds
    counting: Counting
    search: SearchSettings

    @property
    def searching(self) -> Searching:
        """What searches work with."""
        return Searching(self.connection, self.enforcer, self.search)


ROUTES: tuple[tuple[str, Callable[[Dependencies], object]], ...] = (
    ("/", lambda _: Versions()),
    ("/healthcheck", lambda world: world.health),
    ("/v2/capabilities", lambda _: Capabilities()),
    (
        "/v2/events",
        lambda world: Events(
            world.connection, world.enforcer, world.bounds, world.counting, Room(world.bounds.max_posted_bytes)
        ),
    ),
    ("/v2/events/{message_id}", lambda world: Event(world.connection, world.enforcer)),
    ("/v2/search/events", lambda world: Search(world.searching)),
    ("/v2/search/histogram", lambda world: Histogram(world.searching)),
    ("/v2/search/facets", lambda world: Facets(world.searching)),
    ("/v2/search/operations", lambda world: Operations(world.searching)),
    ("/v2/search/freshness", lambda world: Freshness(world.searching)),
    ("/v2/resources/{resource_id}/events", lambda world: History(world.searching)),
    ("/v2/requests/{request_id}/events", lambda world: Trace(world.searching)),
    ("/v2/event_types", lambda world: EventTypes(world.connection, world.enforcer)),
    ("/v2/event_types/{event_type}/traits", lambda world: TraitTypes(world.connection, world.enforcer)),
    ("/v2/event_types/{event_type}/traits/{name}", lambda world: Traits(world.connection, world.enforcer)),
)
SEARCHES = ("/v2/search/", "/v2/resources/", "/v2/requests/")
TEMPLATES = (*(template for template, _ in ROUTES), openapi.PATH)


def create_app(dependencies: Dependencies) -> falcon.App[Any, Any]:
    """Build the application. Every path may end in a slash, as the clients of the original write them."""
    app = falcon.App(media_type=media.JSON, middleware=[Negotiation()])
    app.add_middleware(Slashes())
    app.req_options.strip_url_path_trailing_slash = True
    faults.install(app)
    routes = [(template, build(dependencies)) for template, build in ROUTES]
    for template, resource in (*routes, (openapi.PATH, openapi.Description(document(routes)))):
        app.add_route(template, resource)
    return app


class Negotiation:
    """Refuses callers of /v2 who take nothing that is offered, before anything is done for them.

    A resource that offers more than JSON to who reads it says so as `offers`, and finds what the caller prefers as
    `media_type` in the context of the request.
    """

    def process_request(self, request: falcon.Request, _response: falcon.Response) -> None:
        """Raise 406 when the Accept header excludes all that any resource offers."""
        offered = (*media.OFFERED, *media.SEARCHED) if request.path.startswith(SEARCHES) else media.OFFERED
        if request.path.startswith("/v2") and not media.preferred(offered, request.accept):
            raise falcon.HTTPNotAcceptable(description="The API answers in application/json.")

    def process_resource(
        self, request: falcon.Request, _response: falcon.Response, resource: object, _params: dict[str, Any]
    ) -> None:
        """Choose a media type; raise 406 when the resource has none that the Accept header takes."""
        if not request.path.startswith("/v2"):
            return
        offered = getattr(resource, "offers", ()) if request.method == "GET" else ()
        chosen = media.preferred((media.JSON, *offered), request.accept)
        if chosen is None:
            description = f"The API answers in {listed((media.JSON, *offered))} here."
            raise falcon.HTTPNotAcceptable(description=description)
        request.context.media_type = chosen
