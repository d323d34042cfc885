"""The ids of event types, remembered: there are few, and every event needs one."""

import threading
from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from panko.storage.sql import engines
from panko.storage.sql.rows.chunks import chunks
from panko.storage.sql.rows.tables import EVENT_TYPE

REMEMBERED_LIMIT = 10_000


class EventTypes:
    """Ids of committed event types by name, for all threads.

    A remembered id can only become wrong when the expirer removes a type without events; inserting under it then
    violates the foreign key, and the next try begins with nothing remembered. Ids are never used twice.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids: dict[str, int] = {}

    def resolve(self, connection: Connection, names: Collection[str]) -> dict[str, int]:
        """Return the ids, inserting the types that are missing; nothing is remembered before the COMMIT."""
        with self._lock:
            ids = {name: self._ids[name] for name in names if name in self._ids}
        ids |= _read(connection, sorted(set(names) - set(ids)))
        missing = sorted(set(names) - set(ids))
        if missing:
            engines.of(connection.dialect).insert_rows(connection, EVENT_TYPE, ("desc",), [(name,) for name in missing])
            ids |= _read(connection, missing)
        return ids

    def remember(self, ids: Mapping[str, int]) -> None:
        """Remember what a committed transaction resolved."""
        with self._lock:
            if len(self._ids) + len(ids) > REMEMBERED_LIMIT:
                self._ids.clear()
            self._ids.update(ids)

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self._ids.clear()


def _read(connection: Connection, names: list[str]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for chunk in chunks(names):
        statement = select(EVENT_TYPE.c.desc, EVENT_TYPE.c.id).where(EVENT_TYPE.c.desc.in_(chunk))
        ids.update((row.desc, row.id) for row in connection.execute(statement))
    return ids
