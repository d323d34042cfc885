"""How an event becomes rows. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from panko.event import Event, Trait, TraitType, TraitValue
from panko.storage.sql.rows import owners, trait_copy
from panko.storage.sql.rows.tables import WRITER_LENGTH

COMPACT = json.JSONEncoder(separators=(",", ":"))

Row = dict[str, Any]
TraitRow = tuple[int, str, TraitValue, int]  # event_id, key, value, owner


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
    return None if raw is None else COMPACT.encode(raw)


def raw_value(text: str | None) -> Any:
    """Return JSON as it was given."""
    return None if text is None else json.loads(text)


def trait_rows(events: Iterable[tuple[Event, Row]], ids: Mapping[str, int]) -> dict[TraitType, list[TraitRow]]:
    """Return the rows of all traits by their type, of events and their rows; `ids` are the events' by message_id."""
    rows: dict[TraitType, list[TraitRow]] = {kind: [] for kind in TraitType}
    by_number = [[], *rows.values()]  # members of an enumeration are slow keys
    for event, row in events:
        event_id, owner = ids[event.message_id], owners.of_traits(row["project_hash"], row["owner_hash"])
        for trait in event.traits:
            by_number[trait.type].append((event_id, trait.name, trait.value, owner))
    return rows


def in_order(traits: Iterable[Trait]) -> tuple[Trait, ...]:
    """Sort traits by name without regard to case, the same on every database."""
    return tuple(sorted(traits, key=lambda trait: (trait.name.lower(), trait.type, trait.name)))
