"""The same events in Panko and in VictoriaLogs, one program made for logs, asked the same in turns: print the ratios.

It is built from source once (`tests/cluster/victorialogs`), and filled once for a number of events. What the server
does not say that it can, such as histograms, is left out with a line.
"""

import contextlib
import http.client
import itertools
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1] / "cluster"))  # its modules know each other by their bare names

import binaries
import paths

from bench.client import Client
from bench.population import BEGIN, DAYS, EVENT_TYPES, EVENTS_PER_INSTANCE, PROJECTS, Population, instance
from bench.reads import in_turns
from bench.server import CACHE
from panko import opts
from panko.asking.search.naming import named
from panko.event import Event, TraitType
from panko.literals import format_timestamp
from servers.database_server import free_port

ADMIN = {"X-Roles": "admin", "X-User-Id": "admin", "X-Project-Id": "p"}
BATCH = 5000
STARTING_SECONDS, SETTLING_SECONDS = 30, 60
STATE = "error"
(ID_TRAITS,) = (option.default for option in opts.API if option.name == "id_traits")  # a resource may be in any of them
FIELDS = ("event_type", "project", "host", "user", "service")
END = BEGIN + timedelta(days=DAYS)
HOUR = (BEGIN + timedelta(days=15), BEGIN + timedelta(days=15, hours=1))


@dataclass(frozen=True, slots=True)
class Work:
    """One row of the table: what both are asked for, and what the server says when it can do that."""

    name: str
    panko: str
    victorialogs: str
    needs: str = ""


def run(port: int, *, events: int, rounds: int) -> None:
    """Measure and print."""
    client = Client(port)
    able = {name for name, can in json.loads(client.get("/v2/capabilities", ADMIN))["api"].items() if can}
    with _filled(events) as beside:
        print(f"{'milliseconds, p50':28} {'Panko':>9} {'VictoriaLogs':>13} {'ratio':>7} {'rows':>12}")
        for work in works(events):
            if work.needs and not any(work.needs in name for name in able):
                print(f"{work.name:28} this server has no {work.needs}")
                continue
            _print(
                work,
                lambda work=work: client.get(work.panko, ADMIN),
                lambda work=work: beside.get(work.victorialogs),
                rounds,
            )


def _print(work: Work, panko: Callable[[], bytes], beside: Callable[[], bytes], rounds: int) -> None:
    rows = f"{_rows(panko())}/{len(beside().splitlines())}"
    ours, theirs = in_turns([panko, beside], rounds=rounds)
    print(f"{work.name:28} {ours.p50:9.2f} {theirs.p50:13.2f} {ours.p50 / theirs.p50:6.2f}x {rows:>12}", flush=True)


def _rows(body: bytes) -> int:
    """Return how many events an answer holds; of what is counted there are none."""
    return len(json.loads(body).get("events", ()))


def works(events: int) -> list[Work]:
    """Return the rows of the table, for this many events."""
    some = instance(events // EVENTS_PER_INSTANCE // 2)
    (request,) = (
        trait.value
        for event in itertools.islice(Population(events), events // 2, events // 2 + 1)
        for trait in event.traits
        if trait.name == "request_id"
    )
    event_type, project = EVENT_TYPES[9], PROJECTS[7]
    failed = f'state:="{STATE}"'
    return [
        Work("newest 100", _search(), _logs("*", limit="100")),
        Work("of an hour", _search(range_=HOUR), _logs("*", limit="100", range_=HOUR)),
        Work("of a type", _search(f"type:{event_type}"), _logs(f'event_type:="{event_type}"', limit="100")),
        Work("of a project", _search(f"project:{project}"), _logs(f'project_id:="{project}"', limit="100")),
        Work(
            "resource history",
            f"/v2/resources/{some}/events?limit=100&all_projects=true",
            _logs(" or ".join(f'"{name}":="{value}"' for name, value in named(ID_TRAITS, some)), limit="100"),
        ),
        Work(
            "request trace",
            f"/v2/requests/{request}/events?limit=100&all_projects=true",
            _logs(f'request_id:="{request}"', limit="100"),
        ),
        Work("what failed", _search("outcome:failed"), _logs(f'event_type:~"[.]error$" or {failed}', limit="100")),
        Work("histogram of 30 days", _counted("histogram"), _hits("*"), "histogram"),
        Work("histogram by type", _counted("histogram", by="event_type"), _hits("*", field="event_type"), "histogram"),
        Work("histogram of one state", _counted("histogram", filter=f"state:{STATE}"), _hits(failed), "histogram"),
        Work("facets", _counted("facets", field=",".join(FIELDS)), _facets("*"), "facets"),
        Work(
            "facets of one state",
            _counted("facets", field=",".join(FIELDS), filter=f"state:{STATE}"),
            _facets(failed),
            "facets",
        ),
        Work(
            "counts by type",
            _counted("facets", field="event_type"),
            _logs("* | stats by (event_type) count() as hits"),
            "facets",
        ),
    ]


def _search(filter_: str = "", *, range_: tuple[Any, Any] | None = None) -> str:
    asked = {"limit": "100", "all_projects": "true"} | ({"filter": filter_} if filter_ else {})
    if range_ is not None:
        asked |= {"from": format_timestamp(range_[0]), "to": format_timestamp(range_[1])}
    return f"/v2/search/events?{urllib.parse.urlencode(asked)}"


def _counted(what: str, **asked: str) -> str:
    within = {"from": format_timestamp(BEGIN), "to": format_timestamp(END), "all_projects": "true"}
    return f"/v2/search/{what}?{urllib.parse.urlencode(within | asked)}"


def _logs(query: str, *, range_: tuple[Any, Any] | None = None, **more: str) -> str:
    return _of_victorialogs("query", query, range_ or (BEGIN, END), more)


def _hits(query: str, **more: str) -> str:
    return _of_victorialogs("hits", query, (BEGIN, END), {"step": "6h", **more})


def _facets(query: str) -> str:
    return _of_victorialogs("facets", query, (BEGIN, END), {"limit": "20"})


def _of_victorialogs(what: str, query: str, range_: tuple[Any, Any], more: dict[str, str]) -> str:
    within = {"start": range_[0].isoformat(), "end": range_[1].isoformat()}
    return f"/select/logsql/{what}?{urllib.parse.urlencode({'query': query, **within, **more})}"


class VictoriaLogs:
    """A server that runs, on loopback."""

    def __init__(self, folder: Path) -> None:
        self._port = free_port()
        program = binaries.build(binaries.VICTORIALOGS, paths.from_environment(os.environ)) / "victoria-logs"
        words = (f"-storageDataPath={folder}", f"-httpListenAddr=127.0.0.1:{self._port}", "-retentionPeriod=10y")
        self._process = subprocess.Popen([program, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._client: Client | None = None

    def started(self) -> "VictoriaLogs":
        """Return when it answers."""
        end = time.monotonic() + STARTING_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            with contextlib.suppress(OSError, AssertionError):
                client = Client(self._port)
                client.get("/health", {})
                self._client = client
                return self
            time.sleep(0.2)
        raise ConnectionError(f"VictoriaLogs does not answer, and ended with {self._process.poll()}")

    def get(self, path: str) -> bytes:
        """Ask it."""
        assert self._client is not None
        return self._client.get(path, {})

    def fill(self, events: Iterable[Event]) -> None:
        """Store events, and return when they can be found."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=300)
        path = "/insert/jsonline?_stream_fields=event_type&_time_field=_time&_msg_field=message_id"
        making, count = iter(events), 0
        while batch := list(itertools.islice(making, BATCH)):
            body = "\n".join(json.dumps(_document(event)) for event in batch).encode()
            connection.request("POST", path, body, headers={"Content-Type": "application/stream+json"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == http.client.OK, answer.status
            count += len(batch)
        end = time.monotonic() + SETTLING_SECONDS
        while self._stored() < count:
            if time.monotonic() > end:
                raise TimeoutError(f"VictoriaLogs has {self._stored()} of {count} events")
            time.sleep(0.5)

    def _stored(self) -> int:
        return int(json.loads(self.get(_logs("* | stats count() as n")).splitlines()[0])["n"])

    def stop(self) -> None:
        """End it; what it was told is on disk then."""
        self._process.terminate()
        self._process.wait(60)


def _document(event: Event) -> dict[str, Any]:
    traits = {
        trait.name: format_timestamp(trait.value) if trait.type is TraitType.DATETIME else str(trait.value)
        for trait in event.traits
    }
    return {
        "_time": event.generated.isoformat(),
        "message_id": event.message_id,
        "event_type": event.event_type,
        **traits,
    }


@contextlib.contextmanager
def _filled(events: int) -> Iterator[VictoriaLogs]:
    folder = CACHE / f"victorialogs-{binaries.VICTORIALOGS.version}-{events}"
    is_new = not (folder / "complete").exists()
    if is_new:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    server = VictoriaLogs(folder / "data")
    try:
        server.started()
        if is_new:
            print(f"filling VictoriaLogs with {events} events in {folder}", file=sys.stderr, flush=True)
            server.fill(Population(events))
            (folder / "complete").touch()
        yield server
    finally:
        server.stop()
