"""What searches are told by the configuration. Values only."""

import dataclasses
from datetime import timedelta

from oslo_config import cfg

from panko.api.messages.places import Places


@dataclasses.dataclass(frozen=True, slots=True)
class SearchSettings:
    """Seconds that a page may take, the places in which ids of resources stand, and traits that are for admins.

    `places` are the searches that one process works on at the same time, and `kept` is for how long events are, where
    the service is told.
    """

    seconds: float
    id_traits: tuple[str, ...]
    admin_traits: tuple[str, ...]
    places: Places
    kept: timedelta | None = None


def from_configuration(conf: cfg.ConfigOpts) -> SearchSettings:
    """Return what [api] says. Searches have half of the threads, and of the connections to the database, at most."""
    return SearchSettings(
        seconds=conf.api.search_seconds,
        id_traits=tuple(conf.api.id_traits),
        admin_traits=tuple(conf.api.admin_traits),
        places=Places(max(1, min(conf.api.threads, conf.database.max_pool_size) // 2)),
        kept=timedelta(seconds=conf.database.event_time_to_live) if conf.database.event_time_to_live > 0 else None,
    )
