"""Puts a collector together, and runs it until a signal ends it."""

import dataclasses
import functools
import logging
import signal
import sys
import threading
from collections.abc import Callable

from oslo_config import cfg

from panko import addresses
from panko.collector.broker import transport_url
from panko.collector.broker.address import Address, require_distinct
from panko.collector.broker.link import GRACE_SECONDS, Link, Way
from panko.collector.broker.session import open_session
from panko.collector.desk import Desk
from panko.collector.health import Health, Pages
from panko.collector.making.conversion import Converter, require_signed
from panko.collector.making.intake import Intake
from panko.collector.meters import Meters
from panko.collector.patience import Clock
from panko.collector.settings import Settings
from panko.collector.storing import Storing
from panko.collector.working import Worker
from panko.monitoring.port import Port
from panko.storage import Connection, Recorded
from panko.storage.opening import connect

LOG = logging.getLogger(__name__)
END_SECONDS = 3 * GRACE_SECONDS
# Who takes messages from a socket has little to do and does it often: five milliseconds of waiting each time are many.
SWITCH_SECONDS = 0.001

Loop = Callable[[Callable[[], None]], None]


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """What is collected from where, and how it becomes an event; nothing is connected to yet."""

    settings: Settings
    addresses: list[Address]
    intake: Intake

    @classmethod
    def of(cls, conf: cfg.ConfigOpts) -> "Plan":
        """Look at the configuration. Raise ConfigurationError."""
        settings = Settings.of(conf)
        transport_url.register(conf)
        found = [transport_url.parse(conf, url) for url in settings.transport_urls]
        require_distinct(found)
        converter = Converter(settings)
        check = functools.partial(require_signed, secret=settings.telemetry_secret)
        return cls(settings, found, Intake(converter.event, check, settings.max_raw_bytes))


class Collector:
    """The loops of one process: two for each RabbitMQ."""

    def __init__(self, plan: Plan, connection: Connection) -> None:
        self.clock = Clock(threading.Event())
        self.meters = Meters()
        self.health = Health(self.meters)
        self.has_failed = False
        self._threads: list[threading.Thread] = []
        for place in plan.addresses:
            desk = Desk()
            way = Way(place, functools.partial(open_session, place, plan.settings))
            link = Link(way, plan.settings, desk, clock=self.clock, health=self.health, meters=self.meters)
            watching = _Watching(self.meters, self.health.progress(f"storing of {place.name}"))
            storing = Storing(connection, self.clock, watching)
            worker = Worker(desk, plan.intake, storing, meters=self.meters, clock=self.clock)
            self._add(f"connection to {place.name}", link.run)
            self._add(f"storing of {place.name}", worker.run)

    def run(self) -> bool:
        """Run until the clock says stop; return whether all went well."""
        for thread in self._threads:
            thread.start()
        while not self.clock.stopping.wait(1):  # in turns, so that signals are heard
            pass
        for thread in self._threads:
            thread.join(END_SECONDS)
        return not self.has_failed

    def _add(self, name: str, loop: Loop) -> None:
        progress = self.health.progress(name)
        self._threads.append(threading.Thread(target=self._guarded, args=(loop, progress), name=name, daemon=True))

    def _guarded(self, loop: Loop, progress: Callable[[], None]) -> None:
        """Run a loop; when it breaks, end all of it, so that somebody starts it again."""
        try:
            loop(progress)
        except Exception:
            LOG.exception("The loop has broken: %s", threading.current_thread().name)
            self.has_failed = True
            self.clock.stopping.set()


@dataclasses.dataclass(frozen=True, slots=True)
class _Watching:
    meters: Meters
    note_progress: Callable[[], None]

    def committed(self, recorded: Recorded) -> None:
        self.meters.note_commit(recorded)

    def waiting(self, *, is_waiting: bool) -> None:
        self.meters.note_waiting(is_waiting=is_waiting)

    def progress(self) -> None:
        self.note_progress()


def run(conf: cfg.ConfigOpts) -> bool:
    """Collect until SIGTERM or SIGINT; return whether all went well. Raise ConfigurationError."""
    plan = Plan.of(conf)
    connection = connect(conf)
    collector = Collector(plan, connection)
    port = _watched(conf, collector)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: collector.clock.stopping.set())
    sys.setswitchinterval(SWITCH_SECONDS)
    LOG.info(
        "Collecting %s from %s.", ", ".join(plan.settings.queues), ", ".join(place.name for place in plan.addresses)
    )
    try:
        return collector.run()
    finally:
        if port:
            port.close()
        connection.dispose()


def _watched(conf: cfg.ConfigOpts, collector: Collector) -> Port | None:
    if not conf.collector.health_port:
        return None
    host = addresses.usable(str(conf.collector.health_host))
    port = Port(host, conf.collector.health_port, option="[collector] health_port")
    port.serve(Pages(collector.health, collector.meters))
    return port
