"""How an event becomes rows. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from panko.event import Event, Trait, TraitType, TraitValue
from panko.storage.sql.rows import owners, trait_copy
from panko.storage.sql.rows.shapes.layout import Layout, Values, laid_out
from panko.storage.sql.rows.shapes.shape import Texts
from panko.storage.sql.rows.tables import WRITER_LENGTH

COMPACT = json.JSONEncoder(separators=(",", ":"))

NO_SHAPES: Texts = MappingProxyType({})

Row = dict[str, Any]
TraitRow = tuple[int, str, TraitValue, int]  # event_id, key, value, owner


class Laid(NamedTuple):
    """An event that is about to become rows; the values are its traits' in the order in which they came."""

    event: Event
    layout: Layout
    values: Values


def lay(event: Event) -> Laid:
    """Find out what follows from the names of an event's traits."""
    return Laid(event, *laid_out(event.traits))


def event_row(laid: Laid, event_type_id: int, shapes: Texts = NO_SHAPES) -> Row:
    """Return the row of an event, whose copy of traits may need one of these shapes.

    JSON is escaped to ASCII as in the original: every string survives.
    """
    event, layout, values = laid
    project_hash, owner_hash = layout.owners(values)
    shape = layout.shape
    packed = layout.copy(values) if shape is not None and shapes.get(shape.number) == shape.text else None
    return {
        "message_id": event.message_id,
        "generated": event.generated,
        "raw": raw_text(event.raw),
        "event_type_id": event_type_id,
        "writer": event.writer[:WRITER_LENGTH] if event.writer else None,
        "traits": trait_copy.to_text(in_order(event.traits)) if packed is None else None,
        "packed": packed,
        "project_hash": project_hash,
        "owner_hash": owner_hash,
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


def trait_rows(events: Iterable[tuple[Laid, Row]], ids: Mapping[str, int]) -> dict[TraitType, list[TraitRow]]:
    """Return the rows of all traits by their type, of events and their rows; `ids` are the events' by message_id."""
    rows: dict[TraitType, list[TraitRow]] = {kind: [] for kind in TraitType}
    by_number = [[], *rows.values()]  # members of an enumeration are slow keys
    for (event, layout, values), row in events:
        event_id, owner = ids[event.message_id], owners.of_traits(row["project_hash"], row["owner_hash"])
        for place, number, name in layout.rows:
            by_number[number].append((event_id, name, values[place], owner))
    return rows


def in_order(traits: Iterable[Trait]) -> tuple[Trait, ...]:
    """Sort traits by name without regard to case, the same on every database."""
    return tuple(sorted(traits, key=lambda trait: (trait.name.lower(), trait.type, trait.name)))
