"""The two ways to remove old events: at once, or part by part as they are archived."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime

from panko.archive.archiver import archived
from panko.archive.target import Target
from panko.cmd.pacing import Pacing
from panko.storage import Connection
from panko.storage.sql.session.retry import Clock

REAL_CLOCK = Clock()
LOOKS = 3  # for what is old, for what came meanwhile, and whether that was all

IsOver = Callable[[], bool]
Tell = Callable[[int], None]


def expire(
    store: Connection,
    older_than: datetime,
    *,
    batch_size: int,
    is_over: IsOver,
    tell: Tell = lambda _removed: None,
    clock: Clock = REAL_CLOCK,
) -> int:
    """Remove batch after batch until none is left or `is_over`; return how many events were removed.

    Gives way while others are at work. `tell` hears how many events are removed, after every batch.
    """
    removed = 0
    pacing = Pacing(store, batch_size, clock, is_over=is_over)
    while not is_over():
        pacing.begin()
        batch = store.expire(older_than=older_than, batch_size=pacing.size)
        removed += batch
        tell(removed)
        if batch == 0:
            break
        pacing.end()
    return removed


def archive_and_expire(  # noqa: PLR0913 -- as `expire`, and where to
    store: Connection,
    older_than: datetime,
    *,
    target: Target,
    batch_size: int,
    is_over: IsOver,
    tell: Tell = lambda _removed: None,
    note: Callable[[date], None] = lambda _day: None,
    clock: Clock = REAL_CLOCK,
) -> int:
    """Archive part after part, and remove the events of each; otherwise as `expire`. Raise ArchiveError.

    `note` hears the day of each part that is archived.

    What is stored meanwhile is found by another look from the beginning. There are few of them: who imports old events
    all the time would have a part of each look.
    """
    removed = 0
    pacing = Pacing(store, batch_size, clock, is_over=is_over)
    for _ in range(LOOKS):
        before = removed
        for events in archived(target, store.expired(older_than=older_than), is_over=is_over, note=note):
            for count in _removed(store, events, pacing):
                removed += count
                tell(removed)
        if is_over():
            break
        if removed == before:
            store.forget_unused(older_than=older_than, batch_size=batch_size)
            break
    return removed


def _removed(store: Connection, events: Sequence[tuple[int, str]], pacing: Pacing) -> Iterator[int]:
    """Remove all of a part, even after SIGTERM: what is left of it would be archived once more."""
    begin = 0
    while begin < len(events):
        pacing.begin()
        batch = events[begin : begin + pacing.size]
        begin += len(batch)
        yield store.remove(batch)
        pacing.end()
