"""The names of accounts that follow one another: the first has a plain name, each later one a suffix. Pure."""

import hashlib
import re
from collections.abc import Callable, Collection
from typing import Final

_SUFFIX: Final = re.compile(r"-[0-9a-f]{4}")
_DIGITS: Final = 4  # MySQL allows 32 characters for a name, and the longest first one has 26


def is_of(account: str, first: str) -> bool:
    """Tell whether an account is the first one or has followed it."""
    if not first or not account.startswith(first):
        return False
    return account == first or _SUFFIX.fullmatch(account[len(first) :]) is not None


def following(first: str, taken: Collection[str], *, draw: Callable[[], str]) -> str:
    """Return a name that no account has yet. `draw` gives random text, of which nothing can be read in the name."""
    while True:
        name = f"{first}-{hashlib.sha256(draw().encode()).hexdigest()[:_DIGITS]}"
        if name not in taken:
            return name
