"""How many notifications a second `panko-collector` takes from RabbitMQ to COMMIT, and the memory that it keeps."""

import os
import statistics
import time
from pathlib import Path

from panko.storage.sql.schema.migrate import upgrade
from servers.panko_api import peak_mebibytes
from servers.panko_collector import PankoCollector, messages
from servers.rabbitmq import RabbitMQ

ROUNDS = 10
EVENTS = 20_000  # of a round; what services really send, two kilobytes each
PIECE = 5_000  # messages that are sent at once
CREATED = "panko_collector_events_total created"


def run(url: str) -> None:
    """Measure, and print: each round waits in RabbitMQ as a whole before the collector goes on."""
    upgrade(url)
    broker = RabbitMQ()
    collector = None
    try:
        broker.start()
        collector = PankoCollector(transport_url=broker.url, database=url)
        collector.configure("batch_seconds = 1")
        collector.start()
        collector.wait_until_ready()
        rates, cpu, memory = [], [], []
        for number in range(1, ROUNDS + 1):
            rate, micros = _round(collector, total=number * EVENTS)
            rates.append(rate)
            cpu.append(micros)
            memory.append(_mebibytes(collector.pid))
        print(
            f"collector, from RabbitMQ to COMMIT: {statistics.median(rates):.0f} events/s, "
            f"{statistics.median(cpu):.0f} µs of CPU each; memory after {EVENTS} events {memory[0]:.0f} MiB, "
            f"after {ROUNDS * EVENTS} {memory[-1]:.0f} MiB, at most {peak_mebibytes(collector.pid):.0f} MiB",
            flush=True,
        )
    finally:
        if collector:
            collector.remove()
        broker.remove()


def _round(collector: PankoCollector, *, total: int) -> tuple[float, float]:
    """Return the events a second, and the microseconds of CPU of each."""
    collector.freeze()
    for _ in range(EVENTS // PIECE):
        collector.send(messages(PIECE))
    used = _cpu_seconds(collector.pid)
    collector.thaw()
    begin = time.perf_counter()
    collector.wait_for(lambda: collector.figures().get(CREATED, 0) >= total, within_seconds=600)
    seconds = time.perf_counter() - begin
    return EVENTS / seconds, (_cpu_seconds(collector.pid) - used) / EVENTS * 1e6


def _cpu_seconds(pid: int) -> float:
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _mebibytes(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
