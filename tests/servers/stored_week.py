"""The demonstration's week in a real API, asked by HTTP and by the commands of `openstack event`."""

import csv
import functools
import io
import json
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

from keystoneauth1.adapter import Adapter
from keystoneauth1.noauth import NoAuth
from keystoneauth1.session import Session

from panko_client import EventClient
from panko_client.demo.week import Week
from servers import command_line
from servers.local_event_api import LocalEventApi

SEARCH = "/v2/search/events"


@dataclass(frozen=True, slots=True, repr=False)  # it would be a megabyte
class StoredWeek:
    """A week, the API that has it, and a client of its admin."""

    week: Week
    api: LocalEventApi
    client: EventClient

    @classmethod
    def of(cls, week: Week, api: LocalEventApi) -> "StoredWeek":
        """Store a week."""
        session = Session(auth=NoAuth(endpoint=api.url))
        client = EventClient(Adapter(session, service_type="event", endpoint_override=api.url))
        client.create_all(week.events)
        return cls(week, api, client)

    def raw(self, path: str, **arguments: str) -> tuple[str, Any]:
        """Ask for a path; return the body and the headers."""
        sent = {name.rstrip("_"): value for name, value in arguments.items()} | {"all_projects": "true"}
        with urllib.request.urlopen(f"{self.api.url}{path}?{urllib.parse.urlencode(sent)}", timeout=60) as answer:
            return answer.read().decode(), answer.headers

    def pages(self, path: str, named: str, **arguments: str) -> list[Any]:
        """Return what is on all pages, in their order."""
        found: list[Any] = []
        following: dict[str, str] = {}
        while True:
            page = json.loads(self.raw(path, **arguments, **following)[0])
            assert page["exact"]
            found += page[named]
            if page["next"] is None:
                return found
            following = {"cursor": page["next"]}

    def events(self, filter_: str = "", path: str = SEARCH, **arguments: str) -> list[Any]:
        """Return the events of a filter."""
        return self.pages(path, "events", **({"filter": filter_} if filter_ else {}), **arguments)

    def operations(self, filter_: str, **arguments: str) -> list[Any]:
        """Return the operations of a filter."""
        return self.pages("/v2/search/operations", "operations", filter=filter_, **arguments)

    def lines(self, filter_: str, **arguments: str) -> list[Any]:
        """Return the events of a filter as the API sends them, one a line."""
        text, _ = self.raw(SEARCH, filter=filter_, format="ndjson", **arguments)
        return [json.loads(line) for line in text.splitlines()]

    def table(self, filter_: str, **arguments: str) -> list[dict[str, str]]:
        """Return the rows of a filter, by their columns."""
        text, _ = self.raw(SEARCH, filter=filter_, format="csv", **arguments)
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def openstack(self, *words: str) -> str:
        """Return what a command prints for an admin."""
        run = functools.partial(command_line.run, self.client)
        return str(run(words[0], "--all-projects", *words[1:])[0])

    def told(self, *words: str) -> list[Any]:
        """Return what a command prints a line at a time."""
        printed = self.openstack(words[0], "-f", "ndjson", *words[1:])
        return [json.loads(line) for line in printed.splitlines()]


def ids(found: list[Any]) -> list[str]:
    """Return the ids of events in their order."""
    return [one["message_id"] for one in found]
