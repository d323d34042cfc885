"""How much one request may ask for and send, by the configuration. Values only."""

import dataclasses

from oslo_config import cfg

from panko.asking.v2 import Limits


@dataclasses.dataclass(frozen=True, slots=True)
class Bounds:
    """Events on a page, bytes of a request's body, of those posted at once, and of the raw of one event."""

    limits: Limits
    max_body_bytes: int
    max_raw_bytes: int
    max_posted_bytes: int


def from_configuration(conf: cfg.ConfigOpts) -> Bounds:
    """Return what [api] says."""
    return Bounds(
        limits=Limits(default=conf.api.default_api_return_limit, maximum=conf.api.max_api_return_limit),
        max_body_bytes=conf.api.max_request_body_size,
        max_raw_bytes=conf.api.max_raw_size,
        max_posted_bytes=conf.api.max_posted_bytes,
    )
