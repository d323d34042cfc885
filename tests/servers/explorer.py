"""panko-api with the page, behind a Keystone that has the account of KEYSTONE_AUTHTOKEN, and a database of its own."""

from pathlib import Path

from cryptography.fernet import Fernet

from panko.storage.sql.schema import migrate
from servers.panko_api import KEYSTONE_AUTHTOKEN, PankoApi

CONFIGURATION = (
    """
[api]
workers = {workers}
threads = 4
[database]
connection = {database}
[explorer]
enabled = true
session_keys_file = {keys}
{more}
"""
    + KEYSTONE_AUTHTOKEN
    + "token_cache_time = 1\n"
)


def explorer(folder: Path, keystone_url: str, *, workers: int = 1, more: str = "", port: int = 0) -> PankoApi:
    """Return it as it is before its start; `more` is of [explorer], and tokens are remembered for a second."""
    database, keys = f"sqlite:///{folder}/panko.sqlite", folder / "session-keys"
    migrate.upgrade(database)
    keys.write_bytes(Fernet.generate_key())
    about = {"workers": workers, "database": database, "keys": keys, "more": more, "url": keystone_url}
    return PankoApi(CONFIGURATION.format(**about), port=port)
