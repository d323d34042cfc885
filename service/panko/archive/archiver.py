"""Cuts old events into parts of one day each, and archives one after the other."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from panko.archive import day
from panko.archive.part import PartWriter
from panko.archive.target import Target
from panko.storage import ExpiredEvent


def archived(
    target: Target,
    events: Iterable[ExpiredEvent],
    *,
    is_over: Callable[[], bool],
    note: Callable[[date], None] = lambda _day: None,
) -> Iterator[list[tuple[int, str]]]:
    """Yield the ids and message_ids of the events of each part that was verified: those may be deleted.

    What was read of a part when `is_over` is left in the database. `note` hears the day of each part.
    """
    writer: PartWriter | None = None
    for event in events:
        if is_over():
            return
        of_day = event.generated.date()
        if writer is not None and (writer.day != of_day or writer.is_full):
            yield _stored(target, writer, note)
            writer = None
        writer = writer or PartWriter(of_day)
        writer.add(event)
    if writer is not None:
        yield _stored(target, writer, note)


def _stored(target: Target, writer: PartWriter, note: Callable[[date], None]) -> list[tuple[int, str]]:
    part = writer.finish()
    day.store(target, part)
    note(part.day)
    return part.removable
