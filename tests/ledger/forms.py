"""The forms in which a producer sends a batch of the ledger's events."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

SOURCE = "/ledger"


@dataclass(frozen=True, slots=True)
class Form:
    """`request` makes what is given to a request; `name` tells under which message_id an event is stored."""

    request: Callable[[list[dict[str, Any]]], dict[str, Any]]
    name: Callable[[dict[str, Any]], str] = itemgetter("message_id")


def _lines(events: list[dict[str, Any]]) -> dict[str, Any]:
    body = "\n".join(map(json.dumps, events)).encode()
    return {"content": body, "headers": {"Content-Type": "application/x-ndjson"}}


def _cloud_event(event: dict[str, Any]) -> dict[str, Any]:
    about = {"specversion": "1.0", "source": SOURCE, "id": event["message_id"], "type": event["event_type"]}
    return {**about, "time": event["generated"], "data": event["raw"]}


def _cloud_events(events: list[dict[str, Any]]) -> dict[str, Any]:
    body = json.dumps([_cloud_event(event) for event in events]).encode()
    return {"content": body, "headers": {"Content-Type": "application/cloudevents-batch+json"}}


def _cloud_name(event: dict[str, Any]) -> str:
    return "ce-" + hashlib.sha256(f"{SOURCE}\0{event['message_id']}".encode()).hexdigest()[:40]


JSON = Form(lambda events: {"json": events})
NDJSON = Form(_lines)
CLOUD_EVENTS = Form(_cloud_events, _cloud_name)


def basic(name: str, password: str) -> Form:
    """Return the form of ceilometer's own `https://` publisher: JSON by an account."""
    return Form(lambda events: {"json": events, "auth": (name, password)})
