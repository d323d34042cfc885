"""panko-api with the page, behind a Keystone that has the account of KEYSTONE_AUTHTOKEN, and a database of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import httpx
from cryptography.fernet import Fernet

from panko.storage.sql.schema import migrate
from servers.keystone import Keystone
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


@contextmanager
def explorer(folder: Path, keystone_url: str, *, workers: int = 1, more: str = "", port: int = 0) -> Iterator[PankoApi]:
    """Start it, and end it; `more` is of [explorer], and tokens are remembered for a second."""
    database, keys = f"sqlite:///{folder}/panko.sqlite", folder / "session-keys"
    migrate.upgrade(database)
    keys.write_bytes(Fernet.generate_key())
    about = {"workers": workers, "database": database, "keys": keys, "more": more, "url": keystone_url}
    api = PankoApi(CONFIGURATION.format(**about), port=port)
    try:
        yield api.start()
    finally:
        api.remove()


def store_one(api: PankoApi, keystone: Keystone) -> str:
    """Have otto store an event of the project shop, unless it is stored already; return its id."""
    token = keystone.token("otto", "otto-s3cret", project="shop")
    now = datetime.now(UTC).replace(tzinfo=None)
    traits = [["project_id", 1, keystone.add_project("shop")], ["display_name", 1, "web-1"]]
    event = {"message_id": "e1", "event_type": "compute.instance.create.end", "generated": now.isoformat()}
    answer = httpx.post(f"{api.url}/v2/events", json=[event | {"traits": traits}], headers={"X-Auth-Token": token})
    if answer.status_code not in (HTTPStatus.CREATED, HTTPStatus.CONFLICT):
        raise RuntimeError(f"{answer.status_code}: {answer.text}")
    return event["message_id"]
