"""Whether a password is a publisher's, at a bounded cost: bcrypt is made to be slow, and anybody may ask."""

import hashlib
import hmac
import math
import secrets
from urllib.parse import unquote_to_bytes

import bcrypt

from panko.api.callers.memory import Memory
from panko.api.middleware.authentication.bulkhead import Bulkhead
from panko.api.middleware.authentication.htpasswd import Account, Htpasswd, cost

WRONG_FOR_SECONDS = 60
REMEMBERED_VERDICTS = 4096
BCRYPT_BYTES = 72  # bcrypt never looks at more; htpasswd cuts as well
PATIENCE_SECONDS = 5
MOST_HASHINGS = 2


class Passwords:
    """Answers for the accounts of a file, and remembers the answers.

    Right passwords are remembered apart from wrong ones, which would push them out, and until the account changes: so
    a publisher that is known never waits for bcrypt, whoever else tries passwords.
    """

    def __init__(self, accounts: Htpasswd, *, threads: int) -> None:
        self._accounts = accounts
        self._key = secrets.token_bytes(32)
        self._right = Memory(maximum=REMEMBERED_VERDICTS)
        self._wrong = Memory(maximum=REMEMBERED_VERDICTS)
        places = max(1, min(MOST_HASHINGS, threads // 4))
        # A publisher that sends by every thread when the service has just started is refused by none: what stock
        # ceilometer is refused is lost.
        self._hashing = Bulkhead(threads=threads, places=places, patience_seconds=PATIENCE_SECONDS, ends_soon=True)

    def verify(self, name: str, password: bytes) -> Account | None:
        """Return the account that has this name and password. Raise FullError while too many others are looked at."""
        accounts = self._accounts.accounts()
        account = accounts.get(name)
        # An unknown name costs as much as the most expensive of those that are known.
        hashes = (
            account.hashes if account else max((each.hashes for each in accounts.values()), key=_total_cost, default=())
        )
        right = bool(hashes) and self._verify(name, password, hashes=hashes, known=account is not None)
        return account if right else None

    def _verify(self, name: str, password: bytes, *, hashes: tuple[bytes, ...], known: bool) -> bool:
        digest = self._digest(name.encode(), password, *hashes)
        if self._right.get(digest):
            return True
        if self._wrong.get(digest):
            return False
        return self._hashing.run(digest, lambda: self._hash(digest, password, hashes=hashes, known=known))

    def _hash(self, digest: bytes, password: bytes, *, hashes: tuple[bytes, ...], known: bool) -> bool:
        right = any(bcrypt.checkpw(one, each) for one in _spellings(password) for each in hashes) and known
        if right:
            self._right.set(digest, value=True, time=math.inf)
        else:
            self._wrong.set(digest, value=True, time=WRONG_FOR_SECONDS)
        return right

    def _digest(self, *parts: bytes) -> bytes:
        """Name the question. The account's hashes are part of it, so that a changed password is forgotten at once."""
        question = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.digest(self._key, question, hashlib.sha256)


def _spellings(password: bytes) -> tuple[bytes, ...]:
    """Return a password as it was sent and, where that is another one, with its percent-encoding undone.

    Ceilometer sends the login in its URL as it is written there, where `/`, `?` and `#` can only be percent-encoded.
    """
    meant = unquote_to_bytes(password)
    return tuple(dict.fromkeys(one[:BCRYPT_BYTES] for one in (password, meant)))


def _total_cost(hashes: tuple[bytes, ...]) -> int:
    return sum(2 ** cost(each) for each in hashes)
