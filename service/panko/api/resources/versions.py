"""`/`: what this service speaks."""

from typing import Any

import falcon

from panko.api.messages import serialize

VENDOR = "vnd.openstack.telemetry-v2"


def document(base_url: str) -> dict[str, Any]:
    """Return the version document of a service that is reached under this URL."""
    return {
        "versions": {
            "values": [
                {
                    "id": "v2",
                    "status": "stable",
                    "updated": "2013-02-13T00:00:00Z",
                    "links": [
                        {"href": f"{base_url}/v2", "rel": "self"},
                        {"href": "https://docs.openstack.org/", "rel": "describedby", "type": "text/html"},
                    ],
                    "media-types": [
                        {"base": f"application/{base}", "type": f"application/{VENDOR}+{base}"}
                        for base in ("json", "xml")
                    ],
                }
            ]
        }
    }


class Versions:
    """Answers any method alike, as it always has; discovery sends the oddest ones."""

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Show the versions."""
        response.data = serialize.dumps(document(request.prefix))

    on_head = on_post = on_put = on_patch = on_delete = on_options = on_get
