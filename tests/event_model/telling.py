"""Events of an operation, by few words."""

from datetime import UTC, datetime, timedelta

from panko.event import Event, Trait, TraitType

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def event(event_type, at=0, message_id=None, **traits):
    """Make an event `at` seconds after noon."""
    return Event(
        message_id or f"{event_type}@{at}",
        event_type,
        NOON + timedelta(seconds=at),
        tuple(Trait(name, TraitType.TEXT, value) for name, value in traits.items()),
    )
