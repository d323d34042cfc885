"""`/v2/capabilities`: what the API and its storage can do."""

import falcon

from panko.api.messages import body, serialize
from panko.asking.v2 import refuse_arguments

DOCUMENT = {
    # The first is the original's; what it could not do comes after.
    "api": {
        "events:query:simple": True,
        "events:create": True,
        "events:create:ndjson": True,
        "events:create:cloudevents": True,
        "events:query:cloudevents": True,
        "events:search": True,
        "events:search:follow": True,
        "events:search:csv": True,
        "events:search:histogram": True,
        "events:search:facets": True,
        "operations:search": True,
        "resources:events": True,
        "requests:events": True,
        "events:freshness": True,
    },
    "event_storage": {"storage:production_ready": True},
}


class Capabilities:
    """Shown to everybody who has passed authentication."""

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Show the capabilities."""
        refuse_arguments(body.arguments(request))
        response.data = serialize.dumps(DOCUMENT)
