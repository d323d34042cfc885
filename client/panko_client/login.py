"""The login of a program of the command line: keystoneauth's options and OS_* of the environment."""

import argparse
import os

from keystoneauth1 import loading

from panko_client.client import EventClient
from panko_client.patience import Patience


def add_arguments(parser: argparse.ArgumentParser, words: list[str]) -> None:
    """Take the options of a login, and those of the kind of login that the words name."""
    parser.add_argument("--os-region-name", default=os.environ.get("OS_REGION_NAME"), metavar="REGION")
    parser.add_argument("--os-interface", default=os.environ.get("OS_INTERFACE", "public"), metavar="INTERFACE")
    loading.register_session_argparse_arguments(parser)
    loading.register_auth_argparse_arguments(parser, words, default="password")


def client_of(options: argparse.Namespace, *, patience: Patience) -> EventClient:
    """Return a client for the login."""
    auth = loading.load_auth_from_argparse_arguments(options)
    session = loading.load_session_from_argparse_arguments(options, auth=auth)
    return EventClient.of_session(
        session, region=options.os_region_name, interface=options.os_interface, patience=patience
    )
