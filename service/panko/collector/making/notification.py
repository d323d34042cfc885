"""Bodies of messages, read as oslo.messaging and ceilometer read them. Pure.

A notification is `{publisher_id, event_type, payload, priority, message_id, timestamp, _context_*, _unique_id}`, alone
(version 1) or as text in an envelope (version 2).
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

from panko.collector.letters import Letter, Reason, RefusedError
from panko.collector.making.unpacking import unpacked

VERSION, ENVELOPED = "oslo.version", "oslo.message"
CONTEXT = "_context_"
NAMES = ("event_type", "message_id", "timestamp")


@dataclasses.dataclass(frozen=True, slots=True)
class Notification:
    """What a service notified: `body` in the form that ceilometer's definitions speak of."""

    priority: str
    event_type: str
    body: Mapping[str, Any]


def notification(letter: Letter) -> Notification:
    """Read what a service notified. Raise RefusedError for what is no notification."""
    message = _message(letter)
    for name in NAMES:
        if not isinstance(message.get(name), str) or not message[name]:
            raise RefusedError(Reason.UNREADABLE, f"It is no notification: it has no {name}.")
    context = {name.removeprefix(CONTEXT): value for name, value in message.items() if name.startswith(CONTEXT)}
    body = {
        "ctxt": context | {"client_timeout": message.get("_timeout")},  # as oslo.messaging has it
        "publisher_id": message.get("publisher_id"),
        "event_type": message["event_type"],
        "payload": message.get("payload"),
        "metadata": {"message_id": message["message_id"], "timestamp": message["timestamp"]},
    }
    return Notification(str(message.get("priority") or "").lower(), message["event_type"], body)


def samples(letter: Letter) -> Sequence[Mapping[str, Any]]:
    """Read the events that ceilometer's notifier:// sent. Raise RefusedError for what are none."""
    payload = _message(letter).get("payload")
    listed = payload if isinstance(payload, list) else [payload]
    events = [event for event in listed if isinstance(event, dict) and "message_id" in event]
    if not events or len(events) != len(listed):
        raise RefusedError(Reason.UNREADABLE, "It holds no events of ceilometer's notifier://.")
    return events


def _message(letter: Letter) -> dict[str, Any]:
    message = _object(unpacked(letter))
    if VERSION in message and ENVELOPED in message:
        message = _object(message[ENVELOPED])
    return message


def _object(text: Any) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (TypeError, ValueError, RecursionError):  # whose texts quote nothing of use
        found = None
    if not isinstance(found, dict):
        raise RefusedError(Reason.UNREADABLE, "Its body is no JSON object.")
    return found
