"""Runs in the client pod: write and read events until standard input ends, then print the ledger of every answer.

Standard input: the URL of the events, the publisher's user, its password, each on a line; a later line is its
new password. Arguments: event type, writers, readers. Nothing is sent twice: a request that failed is in the ledger.
"""

import json
import os
import sys
import threading
import time
import uuid
from datetime import UTC, datetime

import requests
from keystoneauth1.identity import v3
from keystoneauth1.session import Session

event_type, writers, readers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
url, user, first_password = (sys.stdin.readline().strip() for _ in range(3))
passwords = [first_password]
stopped = threading.Event()
lock = threading.Lock()
acknowledged, failures, counts = [], [], {"reads": 0, "writes": 0, "slowest_seconds": 0.0}
PAUSE_SECONDS = 0.02


def account(kind, started, answer, wanted):
    with lock:
        counts[kind] += 1
        counts["slowest_seconds"] = max(counts["slowest_seconds"], time.monotonic() - started)
        if answer != wanted:
            failures.append([kind, datetime.now(UTC).isoformat(), answer])


def answered(send):
    try:
        answer = send()
    except requests.RequestException as error:
        return repr(error)
    return answer.status_code if answer.ok else f"{answer.status_code} {answer.text[:200]}"


def write(session):
    one = {
        "message_id": str(uuid.uuid4()),
        "event_type": event_type,
        "generated": datetime.now(UTC).isoformat(),
        "traits": [["n", 2, 1]],
    }
    started = time.monotonic()
    answer = answered(lambda: session.post(url, json=[one], auth=(user, passwords[-1]), timeout=30))
    if answer == 201:
        acknowledged.append(one["message_id"])
    account("writes", started, answer, 201)


def read(session):
    started = time.monotonic()
    answer = answered(lambda: session.get(url, params={"limit": 1}, headers={"X-Auth-Token": token}, timeout=30))
    account("reads", started, answer, 200)


def work(act):
    with requests.Session() as session:
        while not stopped.wait(PAUSE_SECONDS):
            act(session)


names = ("auth_url", "username", "password", "project_name", "user_domain_name", "project_domain_name")
token = Session(v3.Password(**{name: os.environ[f"OS_{name.upper()}"] for name in names})).get_token()
threads = [threading.Thread(target=work, args=(act,)) for act in [write] * writers + [read] * readers]
for thread in threads:
    thread.start()
print("started", flush=True)
for line in sys.stdin:
    passwords.append(line.strip())  # noqa: PERF401 -- the others read it while it grows
stopped.set()
for thread in threads:
    thread.join()
print(json.dumps({"acknowledged": acknowledged, "failures": failures, **counts}))
