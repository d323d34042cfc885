"""Whose an event is, as numbers beside its traits, so that an index finds the events of an owner in the order of time.

Pure. A number finds, and the traits decide: two owners of one number never see each other's events. An event without
these numbers was written by the original, and is found by its traits alone until panko-dbsync has filled them in.

The rows of the trait tables have one number each, so that an index over name, value and owner finds what a member asks
for without reading what others stored: the upper bits are the project's and the lower ones the user's. The numbers of
a project are one range, in which each of its users has one.
"""

import functools
import hashlib
from collections.abc import Sequence

from panko.event import Trait, TraitType

OWNERS = PROJECT, USER = "project_id", "user_id"
TEXT = TraitType.TEXT
NOBODY = 0
HASH_BYTES = 8
HASH_BITS = 63
REMEMBERED = 4096  # the events of a minute have few owners
USER_BITS = 23  # leaves 40 for projects, of which there are many more in a cloud than users in one of them


@functools.lru_cache(maxsize=REMEMBERED)
def hashed(*identity: str) -> int:
    """Return a positive number of 63 bits that stands for an identity; never NOBODY."""
    digest = hashlib.sha256("\0".join(identity).encode()).digest()
    return int.from_bytes(digest[:HASH_BYTES]) >> 1 or 1


def numbers(traits: Sequence[Trait]) -> tuple[int, int]:
    """Return the number of the project, and that of project and user together."""
    owners = {name: str(value) for name, dtype, value in traits if name in OWNERS and dtype == TEXT}
    return numbers_of(owners[PROJECT], owners.get(USER)) if PROJECT in owners else (NOBODY, NOBODY)


def numbers_of(project: str, user: str | None) -> tuple[int, int]:
    """Return the number of a project, and that of it and its user together."""
    return hashed(project), NOBODY if user is None else hashed(project, user)


def of_traits(project: int, owner: int) -> int:
    """Return the number for the rows of the trait tables, by the event's; SQL knows it too, see `trait_owners`."""
    return first_of(project) | owner >> (HASH_BITS - USER_BITS)


def first_of(project: int) -> int:
    """Return the first number of a project, which is that of its events without a user."""
    return project >> USER_BITS << USER_BITS


def last_of(project: int) -> int:
    """Return the last number of a project."""
    return first_of(project) | (1 << USER_BITS) - 1
