"""The file of accounts for publishers: `name:bcrypt hash` lines, as `htpasswd -B` writes them."""

import re
from pathlib import Path

from oslo_log import log

from panko.errors import ConfigurationError

LOG = log.getLogger(__name__)

BCRYPT = re.compile(r"\$2[abxy]\$(?:0[4-9]|1[0-5])\$[./A-Za-z0-9]{53}")  # a cost of 16 would take seconds
SENSIBLE_COST = 10
PASSWORDS = 2  # the old one and the new one, while publishers change over


def parse(text: str, path: Path) -> dict[str, tuple[bytes, ...]]:
    """Return the hashes of each account. Raise ConfigurationError that names the line, but nothing that it holds."""
    accounts: dict[str, tuple[bytes, ...]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, password_hash = line.strip().partition(":")
        if not (name and colon and BCRYPT.fullmatch(password_hash)):
            message = f"{path} line {number} is not NAME:BCRYPT-HASH; write it with `htpasswd -B -C 10 {path} NAME`."
            raise ConfigurationError(message)
        hashes = accounts.get(name, ())
        if len(hashes) == PASSWORDS:
            message = f"{path} line {number} is the third password of one account; take the oldest out."
            raise ConfigurationError(message)
        # Apache's name for the same algorithm.
        accounts[name] = (*hashes, password_hash.replace("$2y$", "$2b$", 1).encode())
    return accounts


def cost(password_hash: bytes) -> int:
    """Return the binary logarithm of how often bcrypt repeats itself for this hash."""
    return int(password_hash[4:6])


class Htpasswd:
    """The accounts of a file, which is read again when it changes."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._seen = self._stamp()
        self._accounts = self._read()

    def accounts(self) -> dict[str, tuple[bytes, ...]]:
        """Return the accounts. A file that became unreadable leaves them as they were."""
        try:
            stamp = self._stamp()
            if stamp != self._seen:
                self._seen = stamp
                self._accounts = self._read()
                LOG.info("Read %d accounts from %s", len(self._accounts), self._path)
        except ConfigurationError as error:
            LOG.error("The accounts stay as they were: %s", error)  # noqa: TRY400 - a trace back tells nothing more
        return self._accounts

    def _stamp(self) -> tuple[int, int, int]:
        try:
            status = self._path.stat()
        except OSError:
            return (0, 0, 0)
        return (status.st_mtime_ns, status.st_ino, status.st_size)

    def _read(self) -> dict[str, tuple[bytes, ...]]:
        try:
            accounts = parse(self._path.read_text(encoding="utf-8"), self._path)
        except (OSError, UnicodeDecodeError) as error:
            message = f"[api] htpasswd_file {self._path} cannot be read: {error}"
            raise ConfigurationError(message) from error
        weak = sum(any(cost(each) < SENSIBLE_COST for each in hashes) for hashes in accounts.values())
        if weak:
            LOG.warning("%d accounts of %s have weak hashes; write them with `htpasswd -B -C 10`", weak, self._path)
        return accounts
