"""What the configuration says of a collector, looked at once: what is wrong is told when it starts."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from oslo_config import cfg

from panko.collector.letters import SAMPLES
from panko.errors import ConfigurationError

PRIORITIES = ("info", "error")  # what ceilometer's agent makes events of


@dataclasses.dataclass(frozen=True, slots=True)
class Settings:
    """The values of [collector]; `queues` are the names of all queues, whose exchanges are `exchanges`."""

    transport_urls: Sequence[str] = dataclasses.field(repr=False)
    exchanges: Sequence[str]
    queues: Sequence[str]
    telemetry_secret: str | None = dataclasses.field(repr=False)
    event_definitions: Path | None
    drop_unmatched: bool
    store_raw: Sequence[str]
    batch_size: int
    batch_seconds: float
    dead_letter_queue: str
    max_raw_bytes: int

    @classmethod
    def of(cls, conf: cfg.ConfigOpts) -> "Settings":
        """Read them; raise ConfigurationError for what cannot be used."""
        own = conf.collector
        definitions = Path(own.event_definitions) if own.event_definitions else None
        settings = cls(
            transport_urls=_distinct(own.transport_url),
            exchanges=_distinct(own.exchanges),
            queues=_queues(own.topics, own.sample_topics),
            telemetry_secret=own.telemetry_secret,
            event_definitions=definitions,
            drop_unmatched=own.drop_unmatched,
            store_raw=own.store_raw,
            batch_size=own.batch_size,
            batch_seconds=own.batch_seconds,
            dead_letter_queue=own.dead_letter_queue,
            max_raw_bytes=conf.api.max_raw_size,
        )
        _check(settings, samples=bool(own.sample_topics))
        return settings


def _queues(topics: Sequence[str], sample_topics: Sequence[str]) -> list[str]:
    names = [f"{topic}.{priority}" for topic in topics for priority in PRIORITIES]
    return _distinct([*names, *(f"{topic}{SAMPLES}" for topic in sample_topics)])


def _distinct(values: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, values)))


def _check(settings: Settings, *, samples: bool) -> None:
    if not settings.transport_urls:
        raise ConfigurationError(
            "There is no RabbitMQ to collect from: set [collector] transport_url to rabbit://user:password@host:5672/."
        )
    if not settings.queues or not settings.exchanges:
        raise ConfigurationError("[collector] topics, or sample_topics, and exchanges must name one each at least.")
    if settings.dead_letter_queue in ("", *settings.queues):
        raise ConfigurationError("[collector] dead_letter_queue must be a name that no queue of a topic has.")
    if samples and settings.telemetry_secret is None:
        raise ConfigurationError(
            "[collector] sample_topics needs telemetry_secret: set it to that of ceilometer.conf, "
            "or to nothing where the events are not signed."
        )
    if settings.event_definitions and not settings.event_definitions.is_file():
        raise ConfigurationError(
            f"[collector] event_definitions names {settings.event_definitions}, which is no file; correct it."
        )
