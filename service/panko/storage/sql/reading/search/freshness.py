"""How new events are: looks into indexes, as a whole and for each event type, and a bounded count of the last minutes.

No table is kept for it, which every writer would have to write to: the newest event is the end of an index. What is
found depends on everybody's events, so it is for those who may know of all of them.
"""

import dataclasses
import time
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine, Executable, Select, func, select

from panko.storage import Ends, Freshness, TypeFreshness
from panko.storage.sql.engines import planner
from panko.storage.sql.reading.branches import Path
from panko.storage.sql.rows.tables import EVENT, EVENT_TYPE
from panko.storage.sql.session.retry import Retry
from panko.storage.sql.settings import DEADLINE

RECENT: Final = timedelta(minutes=5)
MOST_RECENT: Final = 10_000  # are counted: where there are more, the time that these are of is shorter
SHORTEST: Final = timedelta(seconds=1)
TRIES: Final = 2


@dataclasses.dataclass(frozen=True, slots=True)
class Looking:
    """Looks through `engine`; of the last minutes no more than the newest `most` events are counted."""

    engine: Engine
    retry: Retry
    most: int = MOST_RECENT

    def ends(self, until: datetime) -> Ends:
        """Return where events begin and end."""
        return self.retry.read(self.engine, lambda connection: _ends(connection, until))

    def freshness(self, until: datetime, seconds: float) -> Freshness:
        """Return the ends and what there is of each type, or raise TooSlowError."""
        engine = self.engine.execution_options(**{DEADLINE: time.monotonic() + seconds})
        return Retry(TRIES, seconds).read(engine, lambda connection: self._freshness(connection, until))

    def _freshness(self, connection: Connection, until: datetime) -> Freshness:
        found = _ends(connection, until)
        if found.number is None:
            return Freshness(found, {}, RECENT)
        counted = _rows(connection, recent(until, self.most))
        count = {row.id: row.events for row in counted}
        is_all = sum(count.values()) < self.most
        since = RECENT if is_all else max(until - min(row.since for row in counted), SHORTEST)
        types = {row.desc: TypeFreshness(row.newest, count.get(row.id, 0)) for row in _rows(connection, by_type(until))}
        return Freshness(found, {name: of for name, of in types.items() if of.newest is not None}, since)


def _ends(connection: Connection, until: datetime) -> Ends:
    newest, oldest, number = connection.execute(ends(until)).one()
    return Ends(newest, oldest, number)


def _rows(connection: Connection, statement: Executable) -> list[Any]:
    return list(connection.execute(statement))


def ends(until: datetime) -> Select[Any]:
    """Find the last and the first time, and the last id, each at the end of an index."""
    times = planner.by_index(select(EVENT.c.generated), EVENT, Path.TIME.value)
    newest = times.where(EVENT.c.generated <= until).order_by(EVENT.c.generated.desc()).limit(1)
    oldest = times.where(EVENT.c.generated.is_not(None)).order_by(EVENT.c.generated).limit(1)
    last = select(func.max(EVENT.c.id))
    return select(newest.scalar_subquery(), oldest.scalar_subquery(), last.scalar_subquery())


def by_type(until: datetime) -> Select[Any]:
    """Find the last time of each type: one look into the index of types for each.

    Events of the future are passed one by one there, as long as the time lasts; there are none but by a wrong clock.
    """
    newest = (
        planner.by_index(select(EVENT.c.generated), EVENT, Path.TYPE.value)
        .where(EVENT.c.event_type_id == EVENT_TYPE.c.id, EVENT.c.generated <= until)
        .order_by(EVENT.c.generated.desc())
        .limit(1)
        .correlate(EVENT_TYPE)
        .scalar_subquery()
    )
    return select(EVENT_TYPE.c.id, EVENT_TYPE.c.desc, newest.label("newest"))


def recent(until: datetime, most: int) -> Select[Any]:
    """Count the events of the last minutes by type, no more than the newest `most`."""
    last = (
        planner.by_index(select(EVENT.c.generated, EVENT.c.event_type_id), EVENT, Path.TIME.value)
        .where(EVENT.c.generated > until - RECENT, EVENT.c.generated <= until)
        .order_by(EVENT.c.generated.desc())
        .limit(most)
        .subquery("last")
    )
    id_ = last.c.event_type_id
    times = func.min(last.c.generated, type_=EVENT.c.generated.type)
    return select(id_.label("id"), func.count().label("events"), times.label("since")).group_by(id_)
