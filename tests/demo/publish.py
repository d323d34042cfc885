"""Publish notifications as ceilometer does: its own converter and definitions, its own http publisher.

Needs nothing but ceilometer. It must not convert or post anything by itself: what arrives is what a notification
agent would send. It does say what ceilometer only logs: an event that was refused.
"""

import argparse
import copy
import json
import logging
import sys
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from ceilometer import publisher, service
from ceilometer.event import converter
from oslo_utils import netutils
from stevedore import extension

PROJECT = "3ceaaf30814248ea91d93080f9b439fc"
"""The project that owns what happens in tests/notifications."""
USER = "9dfb369bab134faea27655daa05f1119"
"""The user who does it."""

Notification = dict[str, Any]


def main(argv: Sequence[str] | None = None) -> int:
    """Publish each notification, say what became of it, and return 1 when any was refused."""
    options = _parse(argv)
    url = sys.stdin.readline().strip() if options.url == "-" else options.url
    notifications = _read(options.notifications)
    if options.recent:
        notifications = _recent(notifications, now=datetime.now(UTC))
    owned = [_owned(one, project=options.project, user=options.user) for one in notifications]
    refused = sum(not _report(*one) for one in _publish(owned, url, store_raw=options.store_raw))
    print(f"{len(owned) - refused} of {len(owned)} events published")
    return 1 if refused else 0


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Publish OpenStack notifications to Panko through ceilometer.")
    parser.add_argument("notifications", help="directory of notifications, or - for a JSON list on standard input")
    parser.add_argument("url", help="publisher URL with its account, or - for the first line of standard input")
    parser.add_argument("--recent", action="store_true", help="new message ids, and times that end now")
    parser.add_argument("--project", default=PROJECT, help="project id to write in place of the corpus's")
    parser.add_argument("--user", default=USER, help="user id to write in place of the corpus's")
    parser.add_argument("--store-raw", action="store_true", help="keep each notification as the event's raw")
    return parser.parse_args(argv)


def _read(source: str) -> list[Notification]:
    if source == "-":
        return list(json.load(sys.stdin))
    return [json.loads(path.read_text()) for path in sorted(Path(source).glob("*.json"))]


def _recent(notifications: Sequence[Notification], *, now: datetime) -> list[Notification]:
    """Move the notifications so that the last one happened now, under new message ids."""
    times = [datetime.fromisoformat(one["timestamp"]).replace(tzinfo=UTC) for one in notifications]
    shift = now - max(times)
    return [
        one | {"message_id": str(uuid.uuid4()), "timestamp": (time + shift).replace(tzinfo=None).isoformat(sep=" ")}
        for one, time in zip(notifications, times, strict=True)
    ]


def _owned(notification: Notification, *, project: str, user: str) -> Notification:
    text = json.dumps(notification).replace(PROJECT, project).replace(USER, user)
    return dict(json.loads(text))


def _delivered(notification: Notification) -> Notification:
    """Arrange a notification as oslo.messaging's listener hands it to ceilometer."""
    body = copy.deepcopy(notification)
    metadata = {"message_id": body.pop("message_id"), "timestamp": body.pop("timestamp")}
    body.pop("priority")
    return body | {"metadata": metadata}


def _publish(notifications: Sequence[Notification], url: str, *, store_raw: bool) -> Iterator[tuple[str, str]]:
    """Yield a line and the answer of each event: its status, or why there was none."""
    conf = service.prepare_service(argv=["publish"], config_files=[])
    conf.set_override("store_raw", ["info", "error"] if store_raw else [], group="event")
    logging.getLogger("ceilometer.publisher.http").setLevel(logging.CRITICAL)  # said below, without a traceback
    events = converter.setup_events(conf, extension.ExtensionManager(namespace="ceilometer.event.trait_plugin"))
    target = publisher.get_publisher(conf, url, "ceilometer.event.publisher")
    answers: list[str] = []
    target.session.hooks["response"].append(lambda answer, **_: answers.append(_told(answer)))
    for notification in notifications:
        event = events.to_event(notification["priority"].lower(), _delivered(notification))
        answers.clear()
        try:
            target.publish_events([event])
        except requests.exceptions.RequestException as error:
            answers.append(f"no answer ({type(error).__name__} of {netutils.urlsplit(url).hostname})")
        yield f"{event.event_type} {event.message_id}", answers[-1]


def _told(answer: requests.Response) -> str:
    return str(answer.status_code) if answer.ok else f"{answer.status_code} {answer.text.strip()}"


def _report(event: str, answer: str) -> bool:
    """Print what became of an event, and tell whether it was taken."""
    print(f"{answer} {event}", flush=True)
    return answer.isdigit()


if __name__ == "__main__":
    sys.exit(main())
