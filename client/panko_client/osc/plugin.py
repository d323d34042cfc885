"""What `openstack` asks of a plugin.

Neither the name of the API nor an option of the command line is pankoclient's: with both installed each keeps its own
client, and no option is there twice.
"""

import argparse
from typing import Any, Final

from panko_client.client import EventClient

API_NAME: Final = "panko_event"
API_VERSION_OPTION: Final = "os_panko_event_api_version"
API_VERSIONS: Final = ("2",)
DEFAULT_API_VERSION: Final = "2"


def make_client(instance: Any) -> EventClient:
    """Return a client for the login, region and interface of the command line."""
    return EventClient.of_session(instance.session, region=instance.region_name, interface=instance.interface)


def build_option_parser(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Add no option for all commands."""
    return parser
