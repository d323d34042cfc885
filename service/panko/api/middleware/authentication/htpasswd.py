"""The file of accounts for publishers: `name:bcrypt hash` lines, as `htpasswd -B` writes them, and what confines them.

`name event_types=…` and `name projects=…` are lines of their own, because htpasswd keeps those as they are, while it
rewrites the line of an account, without what it does not know.
"""

import dataclasses
import re
from pathlib import Path

from oslo_log import log

from panko.api.callers import confinement
from panko.api.callers.confinement import Confinement
from panko.errors import ConfigurationError
from panko.quoting import listed, quote
from panko.rereading import Reread

LOG = log.getLogger(__name__)

BCRYPT = re.compile(r"\$2[abxy]\$(?:0[4-9]|1[0-5])\$[./A-Za-z0-9]{53}")  # a cost of 16 would take seconds
SENSIBLE_COST = 10
PASSWORDS = 2  # the old one and the new one, while publishers change over


CONFINING = re.compile(r"(?P<name>[^\s:]+)\s+(?P<kind>event_types|projects)=(?P<values>.*)")


@dataclasses.dataclass(frozen=True, slots=True)
class Account:
    """The hashes of an account's passwords, and what it may store; None does not confine it."""

    hashes: tuple[bytes, ...]
    confinement: Confinement | None = None


def parse(text: str, path: Path) -> dict[str, Account]:
    """Return the accounts by name. Raise ConfigurationError that names the line, but no hash."""
    hashes: dict[str, tuple[bytes, ...]] = {}
    confined: dict[str, dict[str, tuple[str, ...]]] = {}
    for number, line in enumerate(map(str.strip, text.splitlines()), start=1):
        if not line or line.startswith("#"):
            continue
        confining = CONFINING.fullmatch(line)
        problem = _confine(confined, confining) if confining else _add(hashes, line, path)
        if problem:
            raise ConfigurationError(f"{path} line {number} {problem}.")
    if strangers := sorted(set(confined) - set(hashes)):
        names = listed(map(quote, strangers))
        raise ConfigurationError(f"{path} confines accounts that it has no password of: {names}; take that out.")
    return {
        name: Account(each, Confinement(**confined[name]) if name in confined else None)
        for name, each in hashes.items()
    }


def _confine(confined: dict[str, dict[str, tuple[str, ...]]], line: re.Match[str]) -> str | None:
    """Note what confines an account, or say what is wrong with the line."""
    kinds, kind = confined.setdefault(line["name"], {}), line["kind"]
    values = tuple(map(str.strip, line["values"].split(",")))
    if kind in kinds:
        return f"confines one account by {kind} for the second time; write one list"
    wrong = confinement.problem(kind, values)
    if wrong:
        return f"{wrong}; write it as {_example(kind)}"
    kinds[kind] = values
    return None


def _example(kind: str) -> str:
    """Show how a line that confines looks."""
    return f"NAME {kind}=" + ("compute.instance.*,image.update" if kind == "event_types" else "ID,ID")


def _add(hashes: dict[str, tuple[bytes, ...]], line: str, path: Path) -> str | None:
    """Note a password of an account, or say what is wrong with the line."""
    name, colon, password_hash = line.partition(":")
    if not (name and colon and BCRYPT.fullmatch(password_hash)):
        return f"is not NAME:BCRYPT-HASH; write it with `htpasswd -B -C 10 {path} NAME`"
    known = hashes.get(name, ())
    if len(known) == PASSWORDS:
        return "is the third password of one account; take the oldest out"
    # Apache's name for the same algorithm.
    hashes[name] = (*known, password_hash.replace("$2y$", "$2b$", 1).encode())
    return None


def cost(password_hash: bytes) -> int:
    """Return the binary logarithm of how often bcrypt repeats itself for this hash."""
    return int(password_hash[4:6])


class Htpasswd:
    """The accounts of a file, which is read again when it changes."""

    def __init__(self, path: str) -> None:
        self._file = Reread(path, read)

    def accounts(self) -> dict[str, Account]:
        """Return the accounts."""
        return self._file.current()


def read(path: Path) -> dict[str, Account]:
    """Read the accounts of a file; raise ConfigurationError for what is none."""
    try:
        accounts = parse(path.read_text(encoding="utf-8"), path)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"[api] htpasswd_file {path} cannot be read: {error}") from error
    weak = sum(any(cost(each) < SENSIBLE_COST for each in account.hashes) for account in accounts.values())
    if weak:
        LOG.warning("%d accounts of %s have weak hashes; write them with `htpasswd -B -C 10`", weak, path)
    return accounts
