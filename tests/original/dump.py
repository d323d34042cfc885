"""Databases as releases of the original left them, and the events that it was given for them.

`dumps/README.md` says how they were made. Nothing here knows how they are upgraded.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import psycopg
import pymysql
from pymysql.constants import CLIENT
from sqlalchemy import URL, make_url

from panko.event import Event, Trait, TraitType, TraitValue

FOLDER = Path(__file__).parent / "dumps"
NONE = 0  # the original's fifth type: kept and served as text


@dataclass(frozen=True, slots=True)
class Dump:
    """One release on one engine."""

    release: str
    engine: str

    def __str__(self) -> str:
        return f"panko-{self.release}-{self.engine}"

    def sql(self) -> str:
        """Return the whole dump."""
        return (FOLDER / f"{self}.sql").read_text(encoding="utf-8")

    def tables(self) -> str:
        """Return MariaDB's dump without a row; it has a line for each."""
        return "".join(line for line in self.sql().splitlines(keepends=True) if not line.startswith("INSERT"))

    def events(self) -> list[Event]:
        """Return what the original was given to record, in the order in which it is served."""
        sent = json.loads((FOLDER / "events.json").read_text(encoding="utf-8"))
        events = [_event(event) for event in sent if str(self) not in event.get("not_in", ())]
        return sorted(events, key=lambda event: (event.generated, event.message_id))


# Before 4.0.0 (Queens) trait_int.value had 32 bits.
DUMPS = (
    BEFORE_QUEENS := Dump("2.0.3", "mariadb"),
    Dump("2.0.3", "postgresql"),
    Dump("10.0.0", "mariadb"),
    Dump("10.0.0", "postgresql"),
    Dump("10.0.0", "sqlite"),
)


def load(url: str, sql: str) -> None:
    """Execute a dump in an empty database."""
    address = make_url(url)
    LOADERS[address.get_backend_name()](address, sql)


def _load_mysql(address: URL, sql: str) -> None:
    connection = pymysql.connect(
        host=address.host,
        port=address.port or 3306,
        user=address.username,
        password=address.password or "",
        database=address.database,
        charset="utf8mb4",
        client_flag=CLIENT.MULTI_STATEMENTS,
    )
    with connection, connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {address.database} CHARACTER SET utf8mb3")
        cursor.execute(sql)
        while cursor.nextset():
            pass
        connection.commit()


def _load_postgresql(address: URL, sql: str) -> None:
    with psycopg.connect(address.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
        connection.execute(sql.encode())


def _load_sqlite(address: URL, sql: str) -> None:
    connection = sqlite3.connect(str(address.database))
    connection.executescript(sql)
    connection.close()


LOADERS: Mapping[str, Callable[[URL, str], None]] = MappingProxyType(
    {"mysql": _load_mysql, "postgresql": _load_postgresql, "sqlite": _load_sqlite}
)


def _event(sent: dict) -> Event:
    traits = [_trait(name, dtype, value) for name, dtype, value in sent["traits"]]
    traits.sort(key=lambda trait: (trait.name.lower(), trait.type, trait.name))
    return Event(sent["message_id"], sent["event_type"], _instant(sent["generated"]), tuple(traits), sent["raw"])


def _trait(name: str, dtype: int, value: TraitValue) -> Trait:
    kind = TraitType.TEXT if dtype == NONE else TraitType(dtype)
    return Trait(name, kind, _instant(value) if kind is TraitType.DATETIME and value else value)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
