"""Whose an event is, as numbers beside its traits, so that an index finds the events of an owner in the order of time.

Pure. A number finds, and the traits decide: two owners of one number never see each other's events. An event without
these numbers was written by the original, and is found by its traits alone until panko-dbsync has filled them in.
"""

import hashlib
from collections.abc import Sequence

from panko.event import Trait, TraitType

PROJECT, USER = "project_id", "user_id"
NOBODY = 0
HASH_BYTES = 8


def hashed(*identity: str) -> int:
    """Return a positive number of 63 bits that stands for an identity; never NOBODY."""
    digest = hashlib.sha256("\0".join(identity).encode()).digest()
    return int.from_bytes(digest[:HASH_BYTES]) >> 1 or 1


def numbers(traits: Sequence[Trait]) -> tuple[int, int]:
    """Return the number of the project, and that of project and user together."""
    owners = {trait.name: trait.value for trait in traits if trait.type is TraitType.TEXT}
    if PROJECT not in owners:
        return NOBODY, NOBODY
    project, user = owners[PROJECT], owners.get(USER)
    return hashed(str(project)), hashed(str(project), str(user)) if USER in owners else NOBODY
