"""How old events are removed: a bounded number in one short transaction, the oldest first or those that are named.

Several may run at once. They meet on the same rows, wait for each other and delete each event once.
"""

import contextlib
import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, Select, delete, func, select
from sqlalchemy.exc import IntegrityError

from panko.storage.sql.rows.chunks import chunks
from panko.storage.sql.rows.tables import EVENT, EVENT_TYPE, EVENT_TYPE_TRAIT, TRAITS
from panko.storage.sql.session.retry import Retry
from panko.storage.sql.writing.counted_hours import forget_frayed_blocks, forget_marks, uncount
from panko.storage.sql.writing.trait_names import day_of


@dataclasses.dataclass(frozen=True, slots=True)
class Expiry:
    """Deletes through `engine`, whose transactions are meant for writing."""

    engine: Engine
    retry: Retry

    def expire(self, older_than: datetime, batch_size: int) -> int:
        """Delete one batch; see `panko.storage.Connection.expire`.

        A batch that is not full is the last one; only then what was known of types and names is removed too.
        """
        found, deleted = 1, 0
        while found and not deleted:  # another expirer may have deleted all that was found
            found, deleted = self.retry.run(self.engine, lambda c: _expire(c, older_than, batch_size))
        if deleted < batch_size:
            self.forget_unused(older_than, batch_size)
        return deleted

    def remove(self, events: Sequence[tuple[int, str]]) -> int:
        """Delete exactly these; see `panko.storage.Connection.remove`."""
        return self.retry.run(self.engine, lambda connection: _remove(connection, dict(events)))

    def forget_unused(self, older_than: datetime, batch_size: int) -> None:
        """Delete names and types without events; see `panko.storage.Connection.forget_unused`."""
        while self.retry.run(self.engine, lambda c: _expire_trait_names(c, older_than, batch_size)):
            pass
        self.retry.run(self.engine, forget_marks)
        while self.retry.run(self.engine, forget_frayed_blocks):
            pass
        self._remove_empty_event_types()

    def count(self, older_than: datetime) -> int:
        """Count what there is to delete; see `panko.storage.Connection.count_expired`."""
        statement = select(func.count()).select_from(EVENT).where(EVENT.c.generated < older_than)
        return self.retry.run(self.engine, lambda connection: connection.execute(statement).scalar_one())

    def _remove_empty_event_types(self) -> None:
        self.retry.call(self._try_to_remove_empty_event_types)

    def _try_to_remove_empty_event_types(self) -> None:
        # A writer that uses one of them meanwhile makes the foreign key refuse: it is removed another time.
        with contextlib.suppress(IntegrityError), self.engine.begin() as connection:
            empty = list(connection.execute(_empty_event_types()).scalars())
            for chunk in chunks(empty):
                connection.execute(delete(EVENT_TYPE).where(EVENT_TYPE.c.id.in_(chunk)))


def _expire(connection: Connection, older_than: datetime, batch_size: int) -> tuple[int, int]:
    statement = (
        select(EVENT.c.id)
        .where(EVENT.c.generated < older_than)
        .order_by(EVENT.c.generated, EVENT.c.message_id)
        .limit(batch_size)
    )
    ids = sorted(connection.execute(statement).scalars())
    return len(ids), _delete(connection, ids)


def _remove(connection: Connection, message_ids: Mapping[int, str]) -> int:
    """Delete by ids; SQLite gives that of an event that is gone to another one."""
    same: list[int] = []
    for chunk in chunks(sorted(message_ids)):
        statement = select(EVENT.c.id, EVENT.c.message_id).where(EVENT.c.id.in_(chunk))
        same += [id_ for id_, message_id in connection.execute(statement) if message_ids[id_] == message_id]
    return _delete(connection, sorted(same))


def _delete(connection: Connection, ids: Sequence[int]) -> int:
    deleted = 0
    times: set[datetime] = set()
    for chunk in chunks(ids):
        times.update(filter(None, connection.execute(select(EVENT.c.generated).where(EVENT.c.id.in_(chunk))).scalars()))
        for table in TRAITS.values():
            connection.execute(delete(table).where(table.c.event_id.in_(chunk)))
        deleted += connection.execute(delete(EVENT).where(EVENT.c.id.in_(chunk))).rowcount
    if deleted:
        uncount(connection, times)
    return deleted


def _expire_trait_names(connection: Connection, older_than: datetime, batch_size: int) -> int:
    """Delete names of days of which no event is left, in an order that writers rely on, see `trait_names`."""
    names = EVENT_TYPE_TRAIT.c
    statement = select(names.id).where(names.day < day_of(older_than)).order_by(names.day, names.id).limit(batch_size)
    ids = sorted(connection.execute(statement).scalars())
    for chunk in chunks(ids):
        connection.execute(delete(EVENT_TYPE_TRAIT).where(names.id.in_(chunk)))
    return len(ids)


def _empty_event_types() -> Select[int]:
    """Types without events, but never the newest type: its id would be given again, and writers remember ids."""
    newest = select(func.max(EVENT_TYPE.c.id)).scalar_subquery()
    used = select(EVENT.c.id).where(EVENT.c.event_type_id == EVENT_TYPE.c.id).exists()
    return select(EVENT_TYPE.c.id).where(~used, EVENT_TYPE.c.id < newest)
