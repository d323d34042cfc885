"""Events with many collisions, ties and edge values, always the same."""

import random
from datetime import UTC, datetime, timedelta

from panko.event import Event, Trait, TraitType

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
TIMES = [BEGIN + timedelta(hours=hour, microseconds=hour) for hour in range(6)]
EVENT_TYPES = ["compute.start", "Compute.Start", "compute.end", "image.upload", "snow ☃"]
NAMES = ["size", "SIZE2", "state", "when", "a b"]
PROJECTS = ["p1", "P1", "p2", None]
USERS = ["u1", "U1", "u2"]
VALUES = {
    TraitType.TEXT: ["", "active", "ACTIVE", "active ", "error", "Error", "_x", "0", None],
    TraitType.INTEGER: [-(2**63), -1, 0, 1, 7, 2**63 - 1, None],
    TraitType.FLOAT: [-1.5, 0.0, 1e-07, 0.1 + 0.2, 1.5e300, None],
    TraitType.DATETIME: [*TIMES, None],
}


def events(count):
    dice = random.Random(8977)
    return [_event(dice, number) for number in range(count)]


def _event(dice, number):
    traits = {}
    for _ in range(dice.randrange(6)):
        kind = dice.choice(list(TraitType))
        name = dice.choice(NAMES)
        traits[kind, name] = Trait(name, kind, dice.choice(VALUES[kind]))
    for name, values in (("project_id", PROJECTS), ("user_id", USERS)):
        if dice.random() < 0.7:
            traits[TraitType.TEXT, name] = Trait(name, TraitType.TEXT, dice.choice(values))
    ordered = sorted(traits.values(), key=lambda trait: (trait.name.lower(), trait.type))
    return Event(
        f"{dice.choice('aAzZ')}{number}", dice.choice(EVENT_TYPES), dice.choice(TIMES), tuple(ordered), {"n": number}
    )
