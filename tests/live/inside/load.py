"""Runs in the client pod: write and read events at a constant rate until told to stop; keep the ledger of every answer.

Standard input: the URL of the events, the publisher's user, its password, each on a line. Arguments: a folder to make,
the event type, requests per second. It goes on in the background by itself, because what is tried meanwhile may break
the connection of whoever started it. What one does with it is done with files of the folder:

    progress      how many requests were answered as wanted so far, written over again
    new-password  put there: the publisher's password from now on
    stop          put there: the end
    ledger        comes then

Nothing is sent twice: a request that failed is in the ledger. Without a `stop` it ends after a quarter of an hour.
"""

import itertools
import json
import os
import sys
import threading
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

import requests
from keystoneauth1.identity import v3
from keystoneauth1.session import Session

folder, event_type, per_second = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
url, user, first_password = (sys.stdin.readline().strip() for _ in range(3))
passwords = [first_password]
stopped = threading.Event()
lock = threading.Lock()
acknowledged, failures = [], []
counts = {"reads": 0, "writes": 0, "good_reads": 0, "good_writes": 0, "slowest_seconds": 0.0}
THREADS = 8
REQUESTS_OF_A_CONNECTION = 25
RAW_BYTES = (700, 700, 40_000, 700, 700, 90_000)
"""Most events are small; a list of them, or one with all of its notification, is not."""
LONGEST_SECONDS = 900


def account(kind, started, answer, wanted):
    with lock:
        counts[kind] += 1
        counts[f"good_{kind}"] += answer == wanted
        counts["slowest_seconds"] = max(counts["slowest_seconds"], time.monotonic() - started)
        if answer != wanted:
            failures.append([kind, datetime.now(UTC).isoformat(), answer])


def answered(send):
    try:
        answer = send()
    except requests.RequestException as error:
        return repr(error)
    return answer.status_code if answer.ok else f"{answer.status_code} {answer.text[:200]}"


def write(session, number):
    one = {
        "message_id": str(uuid.uuid4()),
        "event_type": event_type,
        "generated": datetime.now(UTC).isoformat(),
        "traits": [["n", 2, number]],
        "raw": {"payload": "x" * RAW_BYTES[number % len(RAW_BYTES)]},
    }
    started = time.monotonic()
    answer = answered(lambda: session.post(url, json=[one], auth=(user, passwords[-1]), timeout=30))
    if answer == 201:
        acknowledged.append(one["message_id"])
    account("writes", started, answer, 201)


def read(session, number):
    started = time.monotonic()
    answer = answered(lambda: session.get(url, params={"limit": 1}, headers={"X-Auth-Token": token}, timeout=30))
    account("reads", started, answer, 200)


def work(act, begin):
    """Send at fixed times; who is late does not catch up. Now and then on another connection, as new clients do."""
    interval, due = THREADS / per_second, begin
    for number in itertools.count():
        if number % REQUESTS_OF_A_CONNECTION == 0:
            session = requests.Session()
        if stopped.wait(max(due - time.monotonic(), 0)):
            return
        act(session, number)
        due = max(due + interval, time.monotonic())


def put(name, content):
    draft = folder / f"{name}.draft"
    draft.write_text(json.dumps(content))
    draft.rename(folder / name)


def control():
    """Write down the progress, and do what the files ask for."""
    end = time.monotonic() + LONGEST_SECONDS
    while not (folder / "stop").exists() and time.monotonic() < end:
        put("progress", [counts["good_reads"], counts["good_writes"]])
        given = folder / "new-password"
        if given.exists():
            passwords.append(given.read_text().strip())
            given.unlink()
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


names = ("auth_url", "username", "password", "project_name", "user_domain_name", "project_domain_name")
token = Session(v3.Password(**{name: os.environ[f"OS_{name.upper()}"] for name in names})).get_token()
folder.mkdir(mode=0o700)
detach()
began = time.monotonic()
threads = [
    threading.Thread(target=work, args=((write, read)[number % 2], began + number / per_second))
    for number in range(THREADS)
]
for thread in threads:
    thread.start()
control()
stopped.set()
for thread in threads:
    thread.join()
seconds = time.monotonic() - began
put("ledger", {"acknowledged": acknowledged, "failures": failures, "seconds": seconds, **counts})
