"""How long each read takes: HTTP through two workers, against hand-written SQL, taking turns in one run."""

import dataclasses
import json
import threading
import time
import urllib.parse
from collections.abc import Callable, Sequence
from datetime import timedelta

from bench.client import Client, Figures
from bench.handwritten import TRAITS_OF_A_TYPE, HandWritten
from bench.population import BEGIN, EVENT_TYPES, EVENTS_PER_INSTANCE, PROJECTS, instance, user_of
from panko.storage.sql.writing.trait_names import EPOCH

PROJECT, USER = 7, 1
WARMING_ROUNDS = 5
ADMIN = {"X-Roles": "admin", "X-User-Id": "admin", "X-Project-Id": PROJECTS[PROJECT]}
MEMBER = {"X-Roles": "member", "X-User-Id": user_of(PROJECT, USER), "X-Project-Id": PROJECTS[PROJECT]}
ALL_TENANTS = ("all_tenants", "eq", "", "true")


@dataclasses.dataclass(frozen=True, slots=True)
class Work:
    """One row of the table."""

    name: str
    path: str
    headers: dict[str, str]
    by_hand: Callable[[HandWritten], object]


def path(*filters: tuple[str, str, str, str], **others: str) -> str:
    arguments = [pair for f in filters for pair in zip(("q.field", "q.op", "q.type", "q.value"), f, strict=True)]
    # An empty type means another thing than none: as clients do, either all have one or the last have none.
    arguments = [(name, value or "string") for name, value in arguments] + list(others.items())
    return "/v2/events?" + urllib.parse.urlencode(arguments)


def works(hand: HandWritten, events: int) -> list[Work]:
    """Return the rows of the table, for this many events."""
    project, user = PROJECTS[PROJECT], user_of(PROJECT, USER)
    middle = BEGIN + timedelta(days=15)
    start, end = middle, middle + timedelta(hours=1)
    message_id, generated = hand.rows(
        "SELECT message_id, `generated` FROM event WHERE `generated` >= %(at)s ORDER BY `generated` LIMIT 1",
        {"at": _seconds(middle)},
    )[0]
    ((own,),) = hand.rows(
        "SELECT MIN(e.message_id) FROM trait_text u JOIN trait_text p USING (event_id)"
        " JOIN event e ON e.id = u.event_id"
        " WHERE u.`key` = 'user_id' AND u.value = %(user)s AND p.`key` = 'project_id' AND p.value = %(project)s",
        {"user": user, "project": project},
    )
    ((owned,),) = hand.rows(
        "SELECT i.value FROM trait_text u JOIN trait_text p USING (event_id) JOIN trait_text i USING (event_id)"
        " WHERE u.`key` = 'user_id' AND u.value = %(user)s AND p.`key` = 'project_id' AND p.value = %(project)s"
        " AND i.`key` = 'instance_id' GROUP BY i.value ORDER BY COUNT(*) DESC LIMIT 1",
        {"user": user, "project": project},
    )
    event_type, some = EVENT_TYPES[9], instance(events // EVENTS_PER_INSTANCE // 2)

    def page(name: str, **values: object) -> Callable[[HandWritten], object]:
        return lambda by: by.events(name, values)

    return [
        Work("newest 100", path(ALL_TENANTS, sort="generated:desc"), ADMIN, page("newest")),
        Work("default list, all_tenants", path(ALL_TENANTS), ADMIN, page("all_tenants")),
        Work("default list as admin", "/v2/events", ADMIN, page("admin", project=project)),
        Work("default list as member", "/v2/events", MEMBER, page("member", project=project, user=user)),
        Work(
            "by event_type",
            path(ALL_TENANTS, ("event_type", "eq", "", event_type)),
            ADMIN,
            page("event_type", event_type=event_type),
        ),
        Work(
            "by a time range",
            path(
                ALL_TENANTS,
                ("start_timestamp", "ge", "", start.replace(tzinfo=None).isoformat()),
                ("end_timestamp", "le", "", end.replace(tzinfo=None).isoformat()),
            ),
            ADMIN,
            page("range", start=_seconds(start), end=_seconds(end)),
        ),
        Work(
            "by a string trait",
            path(ALL_TENANTS, ("instance_id", "eq", "string", some)),
            ADMIN,
            page("string", instance=some),
        ),
        Work(
            "by a string trait as member",
            path(("instance_id", "eq", "string", owned)),
            MEMBER,
            page("own string", instance=owned, project=project, user=user),
        ),
        Work(
            "by an integer trait >=",
            path(ALL_TENANTS, ("memory_mb", "ge", "integer", "4096")),
            ADMIN,
            page("integer"),
        ),
        Work(
            "by two traits",
            path(ALL_TENANTS, ("state", "eq", "string", "error"), ("vcpus", "eq", "integer", "4")),
            ADMIN,
            page("two"),
        ),
        Work(
            "from the middle by marker",
            path(ALL_TENANTS, marker=message_id),
            ADMIN,
            page("marker", generated=generated, message_id=message_id),
        ),
        Work("one event as member", f"/v2/events/{own}", MEMBER, page("show", message_id=own)),
        Work("one event as admin", f"/v2/events/{own}", ADMIN, page("show", message_id=own)),
        Work(
            "event types",
            "/v2/event_types",
            ADMIN,
            lambda by: by.rows("SELECT `desc` FROM event_type ORDER BY `desc`"),
        ),
        Work(
            "traits of a type",
            f"/v2/event_types/{event_type}/traits",
            ADMIN,
            lambda by: by.rows(TRAITS_OF_A_TYPE, {"event_type": event_type}),
        ),
    ]


def measure(work: Work, port: int, hand: HandWritten, *, rounds: int) -> tuple[Figures, Figures]:
    """Return the figures of HTTP and of the hand-written statement."""
    client = Client(port)
    items = json.loads(client.get(work.path, work.headers))
    by_hand = work.by_hand(hand)
    if isinstance(by_hand, int) and isinstance(items, list):
        assert len(items) == by_hand, (work.name, len(items), by_hand)
    over_http, own = in_turns([lambda: client.get(work.path, work.headers), lambda: work.by_hand(hand)], rounds=rounds)
    return over_http, own


def in_turns(calls: Sequence[Callable[[], object]], *, rounds: int) -> list[Figures]:
    """Return the figures of each call; what slows the machine for a while slows all of them."""
    taken: list[list[float]] = [[] for _ in calls]
    for turn in range(WARMING_ROUNDS + rounds):
        for call, seconds in zip(calls, taken, strict=True):
            begin = time.perf_counter()
            call()
            if turn >= WARMING_ROUNDS:
                seconds.append(time.perf_counter() - begin)
    return [Figures.of(seconds) for seconds in taken]


def pages_per_second(port: int, url: str, *, seconds: float) -> tuple[float, float]:
    """Return default pages a second over HTTP with two clients, and by hand with one."""
    hand = HandWritten.connect(url)
    by_hand = _rate(lambda: hand.events("all_tenants", {}), seconds)
    counts: list[float] = []

    def client() -> None:
        connection = Client(port)
        counts.append(_rate(lambda: connection.get(path(ALL_TENANTS), ADMIN), seconds))

    threads = [threading.Thread(target=client) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts), by_hand


def _rate(call: Callable[[], object], seconds: float) -> float:
    begin, done = time.perf_counter(), 0
    while time.perf_counter() - begin < seconds:
        call()
        done += 1
    return done / (time.perf_counter() - begin)


def _seconds(at) -> str:
    return f"{(at - EPOCH).total_seconds():.6f}"
