"""How many events a second ceilometer's `panko-api://` stores, against the same batches posted by a plain client."""

import json
import statistics
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from keystoneauth1.adapter import Adapter
from keystoneauth1.noauth import NoAuth
from keystoneauth1.session import Session

from bench.client import Client
from bench.ingest import ADMIN, wire
from bench.population import Population
from bench.server import configuration
from panko.storage.sql.schema.migrate import upgrade
from panko_client.publisher.ceilometer import ApiPublisher
from panko_client.reading import PATH
from panko_client.transport import Transport
from servers.panko_api import PankoApi

BATCH = 100
EVENTS = 5_000
ROUNDS = 5
LINE = f"panko-api://?wait=0&batch={BATCH}&max_queue={2 * EVENTS}"


class _AgentEvent:
    """An event as ceilometer's pipeline hands it over."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def serialize(self) -> dict[str, Any]:
        return self._document


def run(url: str) -> None:
    """Measure, and print the ratio of each way; both write events that are new."""
    upgrade(url)
    api = PankoApi(configuration(url)).start()
    try:
        ratios, rates = [], []
        for number in range(ROUNDS):
            plain = _plain(api, _documents(2 * number))
            published = _published(api, _documents(2 * number + 1))
            ratios.append(published / plain)
            rates.append(published)
        print(
            f"panko-api://, batch {BATCH}: {statistics.median(rates):.0f} events/s, "
            f"{statistics.median(ratios):.2f}x of plain POSTs of one client",
            flush=True,
        )
    finally:
        api.remove()


def _documents(seed: int) -> list[dict[str, Any]]:
    events = Population(EVENTS, seed=seed, prefix=f"p{seed}", begin=datetime.now(UTC), days=1)
    return [wire(event) for event in events]


def _plain(api: PankoApi, documents: list[dict[str, Any]]) -> float:
    client = Client(api.port)
    begin = time.perf_counter()
    for first in range(0, len(documents), BATCH):
        client.post(PATH, json.dumps(documents[first : first + BATCH]).encode(), ADMIN)
    return len(documents) / (time.perf_counter() - begin)


def _published(api: PankoApi, documents: list[dict[str, Any]]) -> float:
    """Hand events over one by one, as ceilometer does, and wait until all are stored."""
    session = Session(auth=NoAuth(endpoint=api.url), additional_headers=ADMIN)

    def endpoint(_conf: Any, options: Any) -> Any:
        transport = Transport(Adapter(session, endpoint_override=api.url), timeout_seconds=options.timeout)
        return lambda body: transport.post(PATH, body)

    begin = time.perf_counter()
    publisher = ApiPublisher(SimpleNamespace(), urlsplit(LINE), endpoint=endpoint)
    for document in documents:
        publisher.publish_events([_AgentEvent(document)])
    while len(publisher._queue):
        time.sleep(0.001)
    end = time.perf_counter()
    publisher.close()
    session.session.close()
    return len(documents) / (end - begin)
