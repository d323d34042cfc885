"""What makes two events the same, and how an event becomes rows. Pure.

Content is compared in a form that storing does not change: traits in no order, floats as floats, JSON without regard
to the order of keys.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from panko.errors import EventConflictError
from panko.event import Event, Trait, TraitType, TraitValue
from panko.storage.sql.rows import owners, trait_copy
from panko.storage.sql.rows.tables import WRITER_LENGTH

Row = dict[str, Any]
TraitRow = tuple[int, str, TraitValue, int]  # event_id, key, value, owner


def distinct(events: Sequence[Event]) -> list[Event]:
    """Return the events without repetitions, sorted by message_id: writers that agree on an order lock less.

    Raise EventConflictError when one message_id comes with two contents.
    """
    first: dict[str, Event] = {}
    for event in events:
        first.setdefault(event.message_id, event)
    repeated = (event for event in events if event is not first[event.message_id])
    conflicts = {event.message_id for event in repeated if differ(event, first[event.message_id])}
    if conflicts:
        raise EventConflictError(sorted(conflicts))
    return sorted(first.values(), key=lambda event: event.message_id)


def differ(event: Event, stored: Event) -> bool:
    """Tell whether two events of one message_id have other content."""
    return canonical(event) != canonical(stored)


def canonical(event: Event) -> tuple[Any, ...]:
    """Return a value that is equal for events of equal content."""
    traits = sorted((trait.type, trait.name, repr(_canonical_value(trait))) for trait in event.traits)
    return event.message_id, event.event_type, event.generated, traits, json.dumps(event.raw, sort_keys=True)


def event_row(event: Event, event_type_id: int) -> Row:
    """Return the row of an event. JSON is escaped to ASCII as in the original: every string survives."""
    return {
        "message_id": event.message_id,
        "generated": event.generated,
        "raw": raw_text(event.raw),
        "event_type_id": event_type_id,
        "writer": event.writer[:WRITER_LENGTH] if event.writer else None,
        **copied(event.traits),
    }


def copied(traits: Sequence[Trait]) -> Row:
    """Return what an event's row says of its traits beside their own tables."""
    project_hash, owner_hash = owners.numbers(traits)
    return {"traits": trait_copy.to_text(in_order(traits)), "project_hash": project_hash, "owner_hash": owner_hash}


def raw_text(raw: Any) -> str | None:
    """Return JSON as it is stored; None is NULL."""
    return None if raw is None else json.dumps(raw, separators=(",", ":"))


def raw_value(text: str | None) -> Any:
    """Return JSON as it was given."""
    return None if text is None else json.loads(text)


def trait_rows(events: Iterable[tuple[Event, Row]], ids: Mapping[str, int]) -> dict[TraitType, list[TraitRow]]:
    """Return the rows of all traits by their type, of events and their rows; `ids` are the events' by message_id."""
    rows: dict[TraitType, list[TraitRow]] = {kind: [] for kind in TraitType}
    for event, row in events:
        event_id, owner = ids[event.message_id], owners.of_traits(row["project_hash"], row["owner_hash"])
        for trait in event.traits:
            rows[trait.type].append((event_id, trait.name, trait.value, owner))
    return rows


def in_order(traits: Iterable[Trait]) -> tuple[Trait, ...]:
    """Sort traits by name without regard to case, the same on every database."""
    return tuple(sorted(traits, key=lambda trait: (trait.name.lower(), trait.type, trait.name)))


def name_collisions(events: Sequence[Event], weights: Mapping[str, str]) -> dict[str, str]:
    """Say, by message_id, which events have trait names that are one name to the database: their weights are equal."""
    reasons = {}
    for event in events:
        seen = Counter((trait.type, weights[trait.name]) for trait in event.traits)
        names = sorted({trait.name for trait in event.traits if seen[trait.type, weights[trait.name]] > 1})
        if names:
            reasons[event.message_id] = f"the trait names {', '.join(names)} are one name to the database; rename them"
    return reasons


def _canonical_value(trait: Trait) -> TraitValue:
    if trait.type is TraitType.FLOAT and isinstance(trait.value, int):
        return float(trait.value)
    return trait.value
