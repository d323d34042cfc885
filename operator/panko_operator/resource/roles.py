"""The roles that have an account in the database, as one table: what each may do, and who reads its login. Pure."""

import dataclasses
from typing import Final


@dataclasses.dataclass(frozen=True, slots=True)
class Role:
    """One account of a Panko's database.

    `privileges` are those on the tables of events. A role that `owns_schema` makes and changes tables besides. The
    pods of one that `mounts_config` have its Secret as their panko.conf. One that `writes_archive` is given its key.
    One that is `optional` has an account only where the spec has a part of the role's name.
    """

    name: str
    privileges: frozenset[str]
    owns_schema: bool = False
    mounts_config: bool = False
    writes_archive: bool = False
    optional: bool = False


# The owner first: PostgreSQL gives the others their privileges on what it owns, and drops it last.
ROLES: Final = (
    Role("schema", frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"}), owns_schema=True, mounts_config=True),
    Role("api", frozenset({"SELECT", "INSERT"})),
    Role("expirer", frozenset({"SELECT", "DELETE"}), mounts_config=True, writes_archive=True),
    # What the API's writers do, and no more.
    Role("collector", frozenset({"SELECT", "INSERT"}), optional=True),
)
OWNER: Final = ROLES[0]
API: Final = ROLES[1]
COLLECTOR: Final = ROLES[3]
BY_NAME: Final = {role.name: role for role in ROLES}
