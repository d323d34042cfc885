"""The operator's composition root: read the environment, wire the collaborators, run until told to stop."""

import asyncio
import logging
import os
import random
import secrets
import sys
import time
from collections.abc import Callable, Coroutine, Iterable
from datetime import UTC, datetime
from functools import partial
from importlib import metadata
from typing import Any, Final

import kopf

from panko_operator import circuits as guarded
from panko_operator.certificates import own
from panko_operator.circuits import Circuits, server_of
from panko_operator.controller.result import Pace, Result
from panko_operator.database import DatabaseServers
from panko_operator.errors import DefinitionOutdatedError
from panko_operator.event_api import EventAPIClient
from panko_operator.keystone import KeystoneServer
from panko_operator.keystone.session import token
from panko_operator.kube import KubeAPI, Lease, connect
from panko_operator.memory import Memory
from panko_operator.monitoring import Meters, serve
from panko_operator.monitoring.meters import BEHIND, GONE
from panko_operator.resource import secrets_in_use
from panko_operator.settings import LogFormat, Settings, SettingsError
from panko_operator.watching import (
    Echo,
    Election,
    Key,
    Lanes,
    Liveness,
    Queue,
    RollCall,
    Rounds,
    Sightings,
    Triggers,
    configure,
    quiet,
    registry,
)
from panko_operator.watching.election import LEASE_DURATION
from panko_operator.world import OperatorPods, World

LEASE_NAME: Final = "panko-operator"
SECRET_BYTES: Final = 32
LEASE_TIMEOUT_SECONDS: Final = (1.5, 3.0)
STOP_SECONDS: Final = 15
CLIENTS: Final = ("client", "keystoneauth", "kubernetes", "openstack", "psycopg", "pymysql", "stevedore", "urllib3")
UNCONFIGURED, LEASE_LOST = 2, 3  # exit statuses

_log = logging.getLogger(__name__)


def main() -> None:
    """Run the operator; exit with a message when the environment cannot be used."""
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as error:
        sys.stderr.write(f"panko-operator: {error}\n")
        sys.exit(UNCONFIGURED)
    _configure_logs(settings)
    asyncio.run(_operate(settings))


def build_world(settings: Settings, kube: KubeAPI) -> World:
    """Return the real collaborators."""
    circuits = Circuits(time.monotonic)
    return World(
        kube=kube,
        database=guarded.database(DatabaseServers(), circuits),
        keystone=guarded.keystone(KeystoneServer(), circuits),
        event_api=EventAPIClient(lambda admin, user: circuits.ask(server_of(admin), lambda: token(admin, user))),
        now=_now,
        new_secret=_new_secret,
        renewed_certificate=own.renewed,
        panko_image=settings.panko_image,
        haproxy_image=settings.haproxy_image,
        collector_image=settings.collector_image,
        cluster_domain=settings.cluster_domain,
        tenancy=settings.tenancy,
        operator=OperatorPods(settings.pod_namespace, settings.operator_labels),
        release=metadata.version("panko-operator"),
        runbooks=settings.runbooks,
    )


def one_pass(memory: Memory, meters: Meters, key: Key, *, sightings: Sightings) -> Result | None:
    """Read a Panko and reconcile it; return None when it is gone."""
    body = memory.read(*key)
    with meters.timed() as seen:
        if sightings.is_behind(key, body):
            seen.result = BEHIND
            _log.info("%s/%s: the API server answers from before what its watch told; it is asked again", *key)
            return Result({}, Pace.FAILED)
        if body is None:
            seen.result = GONE
            meters.forget(key.namespace, key.name)
            return None
        result = memory.reconcile(body)
        seen.result = result.pace.value
        meters.tell(key.namespace, key.name, result.status)
        meters.rotated(key.namespace, key.name, result.rotated)
        meters.corrected(key.namespace, key.name, result.corrected)
        return result


async def _operate(settings: Settings) -> None:
    meters = Meters()
    kube = KubeAPI(connect(), now=_now, on_write=meters.wrote)
    memory = Memory(build_world(settings, kube), told=lambda name, last: meters.last_event(*name, last))
    leading, echo, sightings = asyncio.Event(), Echo(_now), Sightings()
    queue = Queue(
        lambda key: one_pass(memory, meters, key, sightings=sightings),
        lanes=Lanes(settings.max_workers),
        gate=leading,
        spread=random.random,
        now=_now,
    )
    liveness = Liveness(echo, lambda: queue.oldest_pass_seconds)
    triggers = Triggers(queue, store=memory.store, sightings=sightings, told=liveness.told, secrets_of=_secrets_of)
    roll_call = RollCall(
        kube, triggers, store=memory.store, liveness=liveness, namespaces=settings.watch_namespaces, now=_now
    )
    rounds = Rounds(memory.serving, memory.is_unwell, queue.trigger, spread=random.random)
    meters.follow(queue=lambda: queue.depth, leads=leading.is_set, silence=lambda: echo.silence_seconds)
    election = Election(
        _candidate(settings, meters), gate=leading, now=_now, on_answer=echo.heard, on_lost=_end_at_once
    )
    table = registry(triggers, liveness)
    loops = partial(roll_call.run, gate=leading, spread=random.random), partial(rounds.run, gate=leading)
    _follow(table, queue=queue, election=election, loops=loops)
    port = await serve(meters, host=settings.health_host, port=settings.metrics_port)
    try:
        await _watch(settings, table)
    finally:
        await port.cleanup()


async def _watch(settings: Settings, table: kopf.OperatorRegistry) -> None:
    """Let kopf watch until it is told to stop."""
    clusterwide = not settings.watch_namespaces
    options = kopf.OperatorSettings()
    configure(options, clusterwide=clusterwide)
    await kopf.operator(
        registry=table,
        settings=options,
        clusterwide=clusterwide,
        namespaces=settings.watch_namespaces,
        liveness_endpoint=f"http://{settings.health_host}:{settings.health_port}/healthz",
    )


def _candidate(settings: Settings, meters: Meters) -> Lease:
    # By a connection of its own, so that no pass is in its way, and with time-outs that fit its deadline.
    return Lease(
        KubeAPI(connect(), now=_now, on_write=meters.wrote, timeout_seconds=LEASE_TIMEOUT_SECONDS),
        name=LEASE_NAME,
        namespace=settings.pod_namespace,
        identity=f"{settings.pod_name}_{secrets.token_hex(4)}",
        duration=LEASE_DURATION,
    )


def _follow(
    table: kopf.OperatorRegistry,
    *,
    queue: Queue,
    election: Election,
    loops: Iterable[Callable[[], Coroutine[Any, Any, None]]],
) -> None:
    """Start and stop what is ours together with kopf: the passes end before the Lease is handed over."""
    running: list[asyncio.Task[None]] = []

    async def start(**_: Any) -> None:
        running.append(asyncio.create_task(election.run(), name="election"))
        running.extend(asyncio.create_task(loop()) for loop in loops)

    async def stop(**_: Any) -> None:
        ended = await queue.stop(STOP_SECONDS)
        for task in running:
            task.cancel()
        if not ended:
            _log.warning("a pass does not end; the Lease is not released and runs out by itself")
            _end_at_once()
        await election.release()

    kopf.on.startup(registry=table)(start)
    kopf.on.cleanup(registry=table)(stop)


def _end_at_once() -> None:
    # Another operator may act from now on, and a thread in the middle of a pass cannot be stopped but so.
    logging.shutdown()
    os._exit(LEASE_LOST)


def _secrets_of(body: Any) -> frozenset[str]:
    try:
        return secrets_in_use(body)
    except DefinitionOutdatedError:  # the pass says so
        return frozenset()


def _configure_logs(settings: Settings) -> None:
    plain = settings.log_format is LogFormat.PLAIN
    kopf.configure(
        debug=settings.log_debug,
        log_format=kopf.LogFormat.FULL if plain else kopf.LogFormat.JSON,
    )
    for handler in logging.getLogger().handlers:
        handler.addFilter(quiet.is_wanted)
    # At DEBUG they write requests with the passwords in them, at INFO whole answers.
    for name in CLIENTS:
        logging.getLogger(name).setLevel(logging.WARNING)
    if not settings.log_debug:
        # Each watch that reconnects and each probe is a line there, several a minute for ever.
        for name in ("kopf", "aiohttp.access"):
            logging.getLogger(name).setLevel(logging.WARNING)


def _now() -> datetime:
    return datetime.now(UTC)


def _new_secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


if __name__ == "__main__":
    main()
