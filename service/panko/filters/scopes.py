"""Who may see what: it confines every filter, and is no part of what a caller can say."""

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Everything:
    """The scope of an admin who asked for all projects."""


@dataclasses.dataclass(frozen=True, slots=True)
class ProjectAndOwnerless:
    """The scope of an admin by default: events of one project, and events that have no project_id trait."""

    project_id: str


@dataclasses.dataclass(frozen=True, slots=True)
class OwnActs:
    """The scope of everybody else: events whose project_id and user_id traits are both the caller's."""

    project_id: str
    user_id: str


@dataclasses.dataclass(frozen=True, slots=True)
class WholeProject:
    """The scope of those whom the policy lets see their project: events whose project_id trait is the caller's."""

    project_id: str


Scope = Everything | ProjectAndOwnerless | WholeProject | OwnActs
