"""Tells what to install where the extra `panko[collector]` is absent."""

import importlib

from panko.errors import ConfigurationError

NEEDED = ("amqp", "ceilometer", "kombu", "oslo_messaging", "yaml")


def require() -> None:
    """Return when everything of the extra can be imported. Raise ConfigurationError, which says what to install."""
    for name in NEEDED:
        try:
            importlib.import_module(name)
        except ImportError as error:
            raise ConfigurationError(
                f"panko-collector needs ceilometer and oslo.messaging, and {error.name or name} cannot be imported: "
                "pip install 'panko[collector]'."
            ) from error
