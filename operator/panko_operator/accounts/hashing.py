"""Hashes of passwords, as the accounts file of the API has them: one takes long, so each is asked about once.

What a hash was found to be is remembered under a digest of it and the password with a key of this process, so that the
memory holds no password, and is of no use to anybody else.
"""

import hmac
import secrets
from typing import Final

import bcrypt

COST: Final = 10
LONGEST_BYTES: Final = 72
"""bcrypt looks at no more of a password."""
_MOST: Final = 10_000
_KEY: Final = secrets.token_bytes(32)
_found: dict[bytes, bool] = {}


def hashed(password: str) -> str:
    """Return a new hash. Raises ValueError for a password of more than LONGEST_BYTES."""
    if len(password.encode()) > LONGEST_BYTES:
        message = f"The password has more than {LONGEST_BYTES} bytes."
        raise ValueError(message)
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(COST)).decode()


def fits(password: str, hash_: str) -> bool:
    """Tell whether the hash is that of the password; what is no hash at all fits none."""
    about = hmac.digest(_KEY, f"{hash_}\0{password}".encode(), "sha256")
    if about not in _found:
        if len(_found) >= _MOST:
            _found.clear()
        _found[about] = _compare(password, hash_)
    return _found[about]


def _compare(password: str, hash_: str) -> bool:
    try:
        return bcrypt.checkpw(password.encode(), hash_.encode())
    except ValueError:  # somebody wrote something else there, or the password is too long
        return False
