"""Who follows by the command line sees every event once, while others store out of order and a pod is killed."""

import json
import secrets

from e2e.area import Area
from live.cluster import Cluster
from live.openstack import OpenStack
from live.resource import PUBLISHER, Panko
from live.waiting import until

LEAST = 60
"""Events that have to be shown before the pod is killed, and after it."""
ENDS = """
touch "$0/stop"
for _ in $(seq 700); do [ -s "$0/ledger" ] && exec cat "$0/ledger"; sleep 0.2; done
cat "$0/errors" >&2
exit 1
"""


def test_every_event_is_shown_once_while_a_pod_is_killed(busy: Panko, busy_area: Area, cluster: Cluster) -> None:
    client, event_type = busy_area.client, f"late.{secrets.token_hex(4)}"
    folder, login = f"/tmp/{event_type}", busy.secret(f"{busy.name}-binding-{PUBLISHER}")
    stdin = f"{busy.url}/v2/events\n{login['username']}\n{login['password']}\n"
    client.background("late.py", folder, event_type, stdin=stdin)
    try:
        _goes_on(client, folder)
        victim = min(busy.names("api"))
        cluster.kubectl("delete", "pod", victim, f"--namespace={busy.namespace}", "--grace-period=0", "--force")
        _goes_on(client, folder)
        busy.wait_available("api")
    finally:
        ledger = json.loads(client.run("sh", "-c", ENDS, folder, seconds=180))
    busy.wait_ready(seconds=180)
    assert ledger["ended"] is None
    assert len(ledger["shown"]) == len(set(ledger["shown"]))
    assert set(ledger["acknowledged"]) - set(ledger["shown"]) == set()


def _goes_on(client: OpenStack, folder: str) -> None:
    """Return when so many more events were shown."""
    begin = _shown(client, folder)
    until(lambda: _shown(client, folder) >= begin + LEAST, f"{LEAST} more events shown", seconds=90)


def _shown(client: OpenStack, folder: str) -> int:
    text = client.run("sh", "-c", 'cat "$0/progress" 2> /dev/null || echo "[0, 0]"', folder)
    return int(json.loads(text)[1])
