"""Has the original record the events of events.json. Runs where the original is installed, and this project is not.

Usage: python record.py URL DUMP
"""

import json
import pathlib
import sys
from datetime import datetime

from panko import service, storage
from panko.storage.models import Event, Trait

SENT = pathlib.Path(__file__).with_name("events.json")


def sent(dump):
    """Return the events that the release and database of a dump can keep."""
    return [
        Event(
            event["message_id"],
            event["event_type"],
            datetime.fromisoformat(event["generated"]),
            [Trait(name, dtype, value(dtype, written)) for name, dtype, written in event["traits"]],
            event["raw"],
        )
        for event in json.loads(SENT.read_text(encoding="utf-8"))
        if dump not in event.get("not_in", ())
    ]


def value(dtype, written):
    is_time = dtype == Trait.DATETIME_TYPE and written is not None
    return datetime.fromisoformat(written) if is_time else written


if __name__ == "__main__":
    url, dump = sys.argv[1:]
    conf = service.prepare_service(["record", "--config-file", "/dev/null"])
    conf.set_override("connection", url, group="database")
    storage.get_connection_from_config(conf).record_events(sent(dump))
