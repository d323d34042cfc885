"""`direct://?dispatcher=panko`, as event_pipeline.yaml said before `panko://`. Ceilometer has no such publisher now."""

from typing import Any
from urllib.parse import parse_qs

from panko.publisher.database import DatabasePublisher

DISPATCHER = "panko"


class DirectPublisher(DatabasePublisher):
    """Writes as `panko://` does, where the line asks for Panko's dispatcher."""

    def __init__(self, conf: Any, parsed_url: Any) -> None:
        wanted = parse_qs(parsed_url.query).get("dispatcher", [None])[-1]
        if wanted != DISPATCHER:
            raise ValueError(
                f"direct:// knows the dispatcher {DISPATCHER} only, not {wanted}: name a publisher of ceilometer's "
                f"instead, or write direct://?dispatcher={DISPATCHER}"
            )
        super().__init__(conf, parsed_url)
