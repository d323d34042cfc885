"""The roles that have an account in the database, as one table: what each may do, and who reads its login. Pure."""

import dataclasses
from typing import Final


@dataclasses.dataclass(frozen=True, slots=True)
class Role:
    """One account of a Panko's database.

    `privileges` are those on the tables of events. A role that `owns_schema` makes and changes tables besides. The
    pods of one that `mounts_config` have its Secret as their panko.conf.
    """

    name: str
    privileges: frozenset[str]
    owns_schema: bool = False
    mounts_config: bool = False


# The owner first: PostgreSQL gives the others their privileges on what it owns, and drops it last.
ROLES: Final = (
    Role("schema", frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"}), owns_schema=True, mounts_config=True),
    Role("api", frozenset({"SELECT", "INSERT"})),
    Role("expirer", frozenset({"SELECT", "DELETE"}), mounts_config=True),
)
OWNER: Final = ROLES[0]
BY_NAME: Final = {role.name: role for role in ROLES}
