"""What makes two events the same. Pure.

Content is compared in a form that storing does not change: traits in no order, floats as floats, JSON without regard
to the order of keys.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from panko.errors import EventConflictError
from panko.event import Event, Trait, TraitType, TraitValue

FIRST = datetime.min.replace(tzinfo=UTC)


def distinct(events: Sequence[Event]) -> list[Event]:
    """Return the events without repetitions, in the order of pages, in which indexes grow at their ends.

    The same events are so in one order for every writer: writers that agree on an order lock less.

    Raise EventConflictError when one message_id comes with two contents.
    """
    first: dict[str, Event] = {}
    for event in events:
        first.setdefault(event.message_id, event)
    repeated = (event for event in events if event is not first[event.message_id])
    conflicts = {event.message_id for event in repeated if differ(event, first[event.message_id])}
    if conflicts:
        raise EventConflictError(sorted(conflicts))
    return sorted(first.values(), key=lambda event: (event.generated or FIRST, event.message_id))


def differ(event: Event, stored: Event) -> bool:
    """Tell whether two events of one message_id have other content."""
    return canonical(event) != canonical(stored)


def canonical(event: Event) -> tuple[Any, ...]:
    """Return a value that is equal for events of equal content."""
    traits = sorted((trait.type, trait.name, repr(_canonical_value(trait))) for trait in event.traits)
    return event.message_id, event.event_type, event.generated, traits, json.dumps(event.raw, sort_keys=True)


def _canonical_value(trait: Trait) -> TraitValue:
    if trait.type is TraitType.FLOAT and isinstance(trait.value, int):
        return float(trait.value)
    return trait.value
