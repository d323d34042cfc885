"""The page as people have it: panko-api behind a real Keystone, with the demonstration's week.

The week's projects and people get the ids that Keystone gave them, so that who logs in finds what they did in it.
"""

import dataclasses
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet
from keystoneauth1.adapter import Adapter
from keystoneauth1.identity.v3 import Password
from keystoneauth1.session import Session

from panko.storage.sql.schema import migrate
from panko_client import EventClient
from panko_client.demo.week import Week, week
from panko_client.event import Event, Trait
from servers import screens
from servers.keystone import Keystone
from servers.panko_api import KEYSTONE_AUTHTOKEN, PankoApi

if TYPE_CHECKING:
    from playwright.sync_api import Page

SEED = 1
BATCH = 1000
# Members see their whole project, as many clouds will have it.
POLICY = "telemetry:events:search:whole_project: role:member\n"
CONFIGURATION = (
    """
[api]
workers = 1
threads = 8
search_seconds = 8
[database]
connection = {database}
[explorer]
enabled = true
session_keys_file = {folder}/session-keys
[oslo_policy]
policy_file = {folder}/policy.yaml
"""
    + KEYSTONE_AUTHTOKEN
)


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a password; `played` is who they are in the week."""

    name: str
    projects: tuple[str, ...]
    role: str = "member"
    played: str = ""

    @property
    def password(self) -> str:
        return f"{self.name}-s3cret"


BRUNO = Person("bruno", ("shop",))
ERIKA = Person("erika", ("platform", "research"))
DANA = Person("dana", ("platform",), role="admin", played="admin")
PEOPLE = (BRUNO, ERIKA, DANA)


class ExploredWeek:
    """A week, which ends now, and the page that shows it. `keystone` has the account of KEYSTONE_AUTHTOKEN."""

    def __init__(self, keystone: Keystone, database: str, folder: Path) -> None:
        migrate.upgrade(database)
        (folder / "session-keys").write_bytes(Fernet.generate_key())
        (folder / "policy.yaml").write_text(POLICY)
        self.keystone = keystone
        self.ids: dict[str, str] = {}  # of projects and people, by their names in Keystone
        self.week = self._settled(week(SEED, datetime.now(UTC)))
        self.api = PankoApi(CONFIGURATION.format(database=database, folder=folder, url=keystone.url))

    @property
    def url(self) -> str:
        """Return where it is: browsers keep a secure cookie of localhost, too."""
        return f"http://localhost:{self.api.port}"

    def start(self) -> "ExploredWeek":
        """Serve the page, and store the week."""
        self.api.start()
        self.post(*self.week.events)
        return self

    def remove(self) -> None:
        """End it."""
        self.api.remove()

    def post(self, *events: Event) -> None:
        """Store events."""
        self.client().create(*events, batch_events=BATCH)

    def client(self, person: Person = DANA) -> EventClient:
        """Return a client of somebody in the first of their projects."""
        auth = Password(
            self.keystone.url,
            username=person.name,
            password=person.password,
            project_name=person.projects[0],
            user_domain_name="Default",
            project_domain_name="Default",
        )
        return EventClient(Adapter(Session(auth=auth), service_type="event", endpoint_override=self.api.url))

    def event(self, kind: str, ago: timedelta, *, by: Person = BRUNO, **traits: str | int) -> Event:
        """Return an event of somebody in the first of their projects."""
        own = {"project_id": self.ids[by.projects[0]], "user_id": self.ids[by.name]}
        listed = (Trait(name, value, _type(value)) for name, value in (own | traits).items())
        return Event(str(uuid.uuid4()), kind, datetime.now(UTC) - ago, tuple(listed), {"kind": kind})

    def _settled(self, made: Week) -> Week:
        invented = {name: identifier for identifier, name in made.names.items()}
        ids: dict[str, str] = {}
        for person in PEOPLE:
            for project in person.projects:
                self.ids[project] = ids[invented[project]] = self.keystone.add_project(project)
            self.ids[person.name] = self._added(person)
            ids[invented[person.played or person.name]] = self.ids[person.name]
        return dataclasses.replace(made, events=tuple(_moved(one, ids) for one in made.events))

    def _added(self, person: Person) -> str:
        first, *others = person.projects
        user_id = self.keystone.add_user(person.name, person.password, project=first, roles=[person.role])
        role_id = self.keystone.add_role(person.role)
        for project in others:
            self.keystone.request("PUT", f"/projects/{self.ids[project]}/users/{user_id}/roles/{role_id}")
        return user_id


def log_in(page: "Page", person: Person) -> None:
    """Log in, at the form that a page shows; of several projects the first one is chosen."""
    screens.log_in(page, person.name, person.password)
    if len(person.projects) > 1:
        page.get_by_role("button", name=person.projects[0]).click()


def _type(value: str | int) -> str:
    return "integer" if isinstance(value, int) else "string"


def _moved(event: Event, ids: Mapping[str, str]) -> Event:
    traits = (dataclasses.replace(one, value=ids.get(str(one.value), one.value)) for one in event.traits)
    return dataclasses.replace(event, traits=tuple(traits))
