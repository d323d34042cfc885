"""Runs in the client pod: twenty writers store events out of order, and `openstack event search --follow` shows them.

Standard input: the URL of the events, the publisher's user, its password, each on a line. Arguments: a folder to make,
the event type. It goes on in the background by itself. What one does with it is done with files of the folder:

    progress  how many events are acknowledged so far, and how many were shown, written over again
    stop      put there: the end of writing
    ledger    comes when all that is acknowledged was shown, or when that did not come true

A request that failed is sent again until it is answered. Without a `stop` it ends after five minutes.
"""

import json
import os
import random
import subprocess
import sys
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests

folder, event_type = Path(sys.argv[1]), sys.argv[2]
url, user, password = (sys.stdin.readline().strip() for _ in range(3))
stopped, lock = threading.Event(), threading.Lock()
acknowledged = []
WRITERS, BATCH = 20, 3
LATE_SECONDS = 5.0
"""Less than following looks back by itself, and no order at all."""
LONGEST_SECONDS, SHOWN_SECONDS = 300, 90


def events(dice):
    for _ in range(BATCH):
        at = datetime.now(UTC) - timedelta(seconds=dice.random() * LATE_SECONDS)
        yield {"message_id": str(uuid.uuid4()), "event_type": event_type, "generated": at.isoformat(), "traits": []}


def write(number):
    dice, session = random.Random(number), requests.Session()
    while not stopped.wait(0.2 + dice.random()):
        batch = list(events(dice))
        if sent(session, batch):
            with lock:
                acknowledged.extend(one["message_id"] for one in batch)


def sent(session, batch):
    for _ in range(30):
        try:
            if session.post(url, json=batch, auth=(user, password), timeout=30).status_code == 201:
                return True
        except requests.RequestException:
            pass
        time.sleep(0.3)
    return False


def shown():
    """Return the ids that were shown, in their order; the last line may not be whole yet."""
    lines = (folder / "shown").read_text().split("\n")[:-1]
    return [json.loads(line)["message_id"] for line in lines]


def put(name, content):
    draft = folder / f"{name}.draft"
    draft.write_text(json.dumps(content))
    draft.rename(folder / name)


def until(come_true, seconds):
    end = time.monotonic() + seconds
    while not come_true() and time.monotonic() < end:
        put("progress", [len(acknowledged), len(shown())])
        time.sleep(0.2)


def detach():
    """Leave the process that was started, which ends, and its pipes."""
    if os.fork():
        os._exit(0)
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    errors = os.open(folder / "errors", os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(errors, 1)
    os.dup2(errors, 2)


folder.mkdir(mode=0o700)
detach()
words = ("event", "search", f"type:{event_type}", "--follow", "-f", "ndjson", "--all-projects", "--since", "5m")
with (folder / "shown").open("w") as out:
    following = subprocess.Popen(["openstack", *words], stdout=out)
try:
    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    until((folder / "stop").exists, LONGEST_SECONDS)
    stopped.set()
    for thread in threads:
        thread.join()
    until(lambda: set(acknowledged) <= set(shown()) or following.poll() is not None, SHOWN_SECONDS)
    time.sleep(2)  # what would be shown twice would be so now
    put("ledger", {"acknowledged": acknowledged, "shown": shown(), "ended": following.poll()})
finally:
    following.terminate()
    following.wait(30)
