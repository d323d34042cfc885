"""How long histograms and facets take once hours are settled, against hand-written SQL that groups the events."""

import time
import urllib.parse
from datetime import timedelta

from bench.client import Client
from bench.handwritten import HandWritten
from bench.population import BEGIN, DAYS, EVENT_TYPES, PROJECTS
from bench.reads import ADMIN, in_turns
from event_model.settling import Settled
from panko.storage.sql import ConnectionSettings, connect

HISTOGRAM, FACETS = "/v2/search/histogram", "/v2/search/facets"
MONTH = {"from": BEGIN.replace(tzinfo=None).isoformat(), "to": (BEGIN + timedelta(days=DAYS)).isoformat()[:19]}
TYPE, PROJECT = f"type:{EVENT_TYPES[9]}", f"project:{PROJECTS[7]}"
SPANS = "SELECT FLOOR(`generated` / 43200), COUNT(*) FROM event GROUP BY 1"
TYPES = "SELECT event_type_id, COUNT(*) FROM event GROUP BY 1 ORDER BY 2 DESC LIMIT 10"
VALUES = "SELECT value, COUNT(*) FROM trait_text WHERE `key` = '{}' GROUP BY 1 ORDER BY 2 DESC LIMIT 10"
WORKS = (
    ("histogram of a month", HISTOGRAM, {**MONTH}, SPANS),
    ("by outcome", HISTOGRAM, {**MONTH, "by": "outcome"}, SPANS),
    ("by type", HISTOGRAM, {**MONTH, "by": "event_type"}, SPANS.replace(", COUNT", ", event_type_id, COUNT") + ", 2"),
    ("of a type", HISTOGRAM, {**MONTH, "filter": TYPE}, SPANS),
    ("of a project", HISTOGRAM, {**MONTH, "filter": PROJECT}, SPANS),
    ("what failed", HISTOGRAM, {**MONTH, "filter": "outcome:failed"}, SPANS),
    ("types and outcomes", FACETS, {"field": "event_type,outcome"}, TYPES),
    ("types, outcomes, projects", FACETS, {"field": "event_type,outcome,project"}, VALUES.format("project_id")),
    ("projects of a type", FACETS, {"field": "project", "filter": TYPE}, VALUES.format("project_id")),
    ("types of a project", FACETS, {"field": "event_type", "filter": PROJECT}, TYPES),
    ("hosts of a day", FACETS, {"field": "host", "from": "2026-01-15", "to": "2026-01-16"}, VALUES.format("host")),
)


def settle(url: str) -> None:
    """Settle what is there, as the API does by itself behind its writers."""
    store = connect(url, ConnectionSettings(pool_size=1))
    begin = time.perf_counter()
    Settled(store).settle()
    store.dispose()
    print(f"counts were settled in {time.perf_counter() - begin:.0f} s", flush=True)


def run(url: str, port: int, *, rounds: int) -> None:
    """Settle what is there, and print the figures."""
    settle(url)
    client, hand = Client(port), HandWritten.connect(url)
    print(f"{'milliseconds':28} {'HTTP p50':>9} {'p99':>8} {'SQL p50':>9} {'p99':>8}")
    for name, path, arguments, statement in WORKS:
        url_path = f"{path}?{urllib.parse.urlencode({**arguments, 'all_projects': 'true'})}"
        http, sql = in_turns(
            [lambda at=url_path: client.get(at, ADMIN), lambda by=statement: hand.rows(by)], rounds=rounds
        )
        print(f"{name:28} {http.p50:9.2f} {http.p99:8.2f} {sql.p50:9.2f} {sql.p99:8.2f}", flush=True)
