"""`openstack event search --follow` shows every event once, while twenty store out of order and the API goes away."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from servers.local_event_api import LocalEventApi

PROGRAM = Path(__file__).parents[2] / "live" / "inside" / "late.py"
SECONDS = 60


def wait_for(come_true):
    end = time.monotonic() + SECONDS
    while not (found := come_true()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return found


@pytest.mark.timeout(240)
def test_every_event_is_shown_once(tmp_path):
    folder = tmp_path / "late"
    (tmp_path / "api").mkdir()
    with LocalEventApi(tmp_path / "api") as api:
        environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "OS_AUTH_TYPE": "none",
            "OS_ENDPOINT": api.url,
            "PYTHONWARNINGS": "ignore",
        }
        subprocess.run(
            [sys.executable, PROGRAM, folder, "late.event"],
            input=f"{api.url}/v2/events\nnobody\nnothing\n",
            text=True,
            env=environment,
            check=True,
            timeout=60,
        )
        try:
            shown_from(folder, 0)
            api.stop()
            time.sleep(1)
            begin = shown(folder)
            api.start()
            shown_from(folder, begin)
        finally:
            (folder / "stop").touch()
            ledger = json.loads(wait_for(lambda: text_of(folder / "ledger")))
    assert ledger["ended"] is None, text_of(folder / "errors")
    assert len(ledger["acknowledged"]) > 60
    assert len(ledger["shown"]) == len(set(ledger["shown"]))
    assert set(ledger["acknowledged"]) - set(ledger["shown"]) == set()


def shown_from(folder, begin):
    wait_for(lambda: shown(folder) >= begin + 30)


def shown(folder):
    return json.loads(text_of(folder / "progress") or "[0, 0]")[1]


def text_of(path):
    return path.read_text() if path.exists() else ""
