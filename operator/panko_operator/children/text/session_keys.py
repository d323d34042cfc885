"""The keys that encrypt the sessions of the page, as the service reads them. Pure."""

import base64
import hashlib


def render(secret: str) -> str:
    """Write a key for each line of a secret; any text makes one, so that nobody can write one that is none."""
    keys = (base64.urlsafe_b64encode(hashlib.sha256(line.encode()).digest()).decode() for line in secret.split())
    return "".join(f"{key}\n" for key in keys)
