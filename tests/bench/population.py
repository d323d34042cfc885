"""The events of the benchmark: always the same, with the skew of a real cloud.

Fifty event types, 8 to 14 traits of all four types, 30 days, many projects and users; a few projects own most events,
and some events belong to nobody. Each instance has twenty events whatever the number of all.
"""

import dataclasses
import itertools
import random
from datetime import UTC, datetime, timedelta

from panko.event import Event, Trait, TraitType

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 30
EVENT_TYPES = tuple(
    f"{service}.{thing}.{phase}"
    for service, thing in (("compute", "instance"), ("volume", "volume"), ("network", "port"), ("image", "image"))
    for phase in ("create.start", "create.end", "update", "delete.start", "delete.end", "exists")
) + tuple(f"audit.action{number}" for number in range(26))
PROJECTS = tuple(f"{number:032x}" for number in range(0x1000, 0x1000 + 200))
USERS_PER_PROJECT = 5
HOSTS = tuple(f"compute-{number:03}.example" for number in range(100))
STATES = ("active", "building", "deleted", "error", "paused", "stopped")
STATE_WEIGHTS = (50, 20, 15, 5, 5, 5)
MEMORY_MB = (512, 1024, 2048, 4096, 8192, 16384)
MEMORY_WEIGHTS = (20, 20, 20, 20, 15, 5)
EVENTS_PER_INSTANCE = 20
OWNERLESS = 0.03


def _zipf(count: int) -> list[float]:
    return list(itertools.accumulate(1 / rank for rank in range(1, count + 1)))


@dataclasses.dataclass(slots=True)
class Population:
    """Makes `count` events in the order of time; `prefix` begins their message_ids."""

    count: int
    seed: int = 8977
    prefix: str = "e"
    begin: datetime = BEGIN
    days: int = DAYS

    def __iter__(self):
        dice = random.Random(self.seed)
        step = timedelta(days=self.days) / self.count
        types = dice.choices(EVENT_TYPES, cum_weights=_zipf(len(EVENT_TYPES)), k=self.count)
        projects = dice.choices(range(len(PROJECTS)), cum_weights=_zipf(len(PROJECTS)), k=self.count)
        for number in range(self.count):
            yield self._event(dice, number, event_type=types[number], project=projects[number], step=step)

    def _event(self, dice, number, *, event_type, project, step):
        generated = self.begin + number * step
        traits = [
            Trait("service", TraitType.TEXT, f"{event_type.partition('.')[0]}.{HOSTS[project % len(HOSTS)]}"),
            Trait("request_id", TraitType.TEXT, f"req-{dice.getrandbits(128):032x}"),
            Trait("host", TraitType.TEXT, HOSTS[min(int(dice.expovariate(0.08)), len(HOSTS) - 1)]),
            Trait("instance_id", TraitType.TEXT, instance(number % max(1, self.count // EVENTS_PER_INSTANCE))),
            Trait("state", TraitType.TEXT, dice.choices(STATES, STATE_WEIGHTS)[0]),
            Trait("memory_mb", TraitType.INTEGER, dice.choices(MEMORY_MB, MEMORY_WEIGHTS)[0]),
            Trait("elapsed", TraitType.FLOAT, round(dice.expovariate(1), 6)),
            Trait("launched_at", TraitType.DATETIME, generated - timedelta(seconds=dice.randrange(10**6))),
        ]
        if dice.random() >= OWNERLESS:
            user = min(int(dice.expovariate(0.8)), USERS_PER_PROJECT - 1)
            traits.append(Trait("project_id", TraitType.TEXT, PROJECTS[project]))
            traits.append(Trait("user_id", TraitType.TEXT, user_of(project, user)))
        extras = (
            ("vcpus", TraitType.INTEGER, 2 ** dice.randrange(5)),
            ("disk_gb", TraitType.INTEGER, dice.randrange(200)),
            ("name", TraitType.TEXT, f"vm-{dice.randrange(10**5)}"),
            ("cpu_util", TraitType.FLOAT, round(dice.random(), 6)),
        )
        traits += [Trait(*extra) for extra in extras[: dice.randrange(len(extras) + 1)]]
        return Event(f"{self.prefix}{dice.getrandbits(120):030x}", event_type, generated, tuple(traits))


def instance(number):
    return f"00000000-0000-4000-8000-{number:012x}"


def user_of(project, user):
    return f"{project * 16 + user:032x}"
