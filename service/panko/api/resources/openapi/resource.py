"""Shows the description, to everybody."""

import dataclasses
from typing import Any

import falcon

from panko.api.messages import serialize

PATH = "/openapi.json"


@dataclasses.dataclass(frozen=True, slots=True)
class Description:
    """The API as an OpenAPI document."""

    document: dict[str, Any]

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Show the document, for the address that the caller has used."""
        response.data = serialize.dumps({**self.document, "servers": [{"url": request.prefix}]})
