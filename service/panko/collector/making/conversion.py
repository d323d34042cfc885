"""Ceilometer's own converter, as its notification agent has it, with the definitions of a file."""

import functools
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ceilometer
from ceilometer import declarative
from ceilometer.event.converter import OPTS, NotificationEventsConverter
from ceilometer.publisher.utils import verify_signature
from oslo_config import cfg
from stevedore import extension

from panko.collector.letters import Reason, RefusedError
from panko.collector.making.notification import Notification
from panko.collector.settings import Settings
from panko.errors import ConfigurationError

PACKAGED = Path(ceilometer.__file__).parent / "pipeline" / "data" / "event_definitions.yaml"
PLUGINS = "ceilometer.event.trait_plugin"
REMEMBERED = 4096  # event types: a cloud has some hundreds
DETAIL_LENGTH = 300


class Converter:
    """Makes events of notifications. Safe to use from many threads."""

    def __init__(self, settings: Settings) -> None:
        definitions = _load(settings)
        # Ceilometer looks through all of its definitions for each notification; they depend on the type alone.
        self._definition = functools.lru_cache(REMEMBERED)(
            lambda event_type: next((one for one in definitions if one.match_type(event_type)), None)
        )

    def event(self, notification: Notification) -> dict[str, Any] | None:
        """Return the event of a notification, as it would be posted; None where no definition matches.

        All of it is of JSON, and its values have the type of their trait already. Raise RefusedError.
        """
        definition = self._definition(notification.event_type)
        if definition is None:
            return None
        try:
            document: dict[str, Any] = definition.to_event(notification.priority, notification.body).serialize()
        except Exception as error:  # whatever a plugin of somebody's makes of it
            detail = f"No event can be made of it by its definition: {type(error).__name__}: {error}"
            raise RefusedError(Reason.DEFINITION, detail[:DETAIL_LENGTH]) from error
        document["traits"] = [list(trait) for trait in document["traits"]]
        return document


def require_signed(event: Mapping[str, Any], secret: str | None) -> None:
    """Return when an event of notifier:// is signed with this secret, or there is none. Raise RefusedError."""
    try:
        signed = bool(verify_signature(dict(event), secret))
    except (TypeError, ValueError, AttributeError, RecursionError):  # a signature that is no ASCII text, say
        signed = False
    if not signed:
        raise RefusedError(
            Reason.SIGNATURE, "It is not signed with [collector] telemetry_secret; compare that with ceilometer.conf."
        )


def _load(settings: Settings) -> Any:
    """Return ceilometer's definitions, the one that is looked at first in front. Raise ConfigurationError."""
    path = settings.event_definitions or PACKAGED
    conf = cfg.ConfigOpts()
    conf.register_opts(OPTS, group="event")
    conf([], project="panko-collector", default_config_files=[], default_config_dirs=[])
    conf.set_override("store_raw", list(settings.store_raw), group="event")
    conf.set_override("drop_unmatched_notifications", settings.drop_unmatched, group="event")
    logging.getLogger("ceilometer").setLevel(logging.ERROR)
    try:
        wanted = declarative.load_definitions(conf, [], str(path))
        converter = NotificationEventsConverter(conf, wanted, extension.ExtensionManager(namespace=PLUGINS))
    except Exception as error:  # ceilometer does not look at the form of the file before it uses it
        reason = getattr(error, "brief_message", None) or f"{type(error).__name__}: {error}"
        raise ConfigurationError(
            f"[collector] event_definitions: {path} cannot be used: {str(reason)[:DETAIL_LENGTH]}. Correct the file."
        ) from error
    return converter.definitions
