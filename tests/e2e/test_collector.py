"""What OpenStack's services notify of is listed, without ceilometer."""

import re
import uuid
from datetime import UTC, datetime

import pytest

from e2e.area import Area
from e2e.rabbitmq import RabbitMQ
from live.cluster import Cluster, Manifest
from live.openstack import corpus
from live.resource import Panko
from live.waiting import until

CREATED = re.compile(r'^panko_collector_events_total{outcome="created"} (\S+)$', re.MULTILINE)
TINY = {"requests": {"cpu": "20m", "memory": "192Mi"}, "limits": {"cpu": "1", "memory": "640Mi"}}
ALL = ("--filter", "all_tenants=True", "--limit", "1000")


def fresh() -> list[Manifest]:
    """Return the corpus as if it happened now, under ids of its own."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return [{**one, "message_id": str(uuid.uuid4()), "timestamp": now} for one in corpus()]


@pytest.mark.early
def test_what_services_notify_of_is_listed_and_goes_with_the_field(early: tuple[Area, Panko], cluster: Cluster) -> None:
    area, panko = early
    rabbitmq = RabbitMQ(area)
    area.secret("rabbit", {"transport_url": rabbitmq.url})
    rabbitmq.apply()
    rabbitmq.wait()
    panko.patch({"collector": {"transportURLSecretRefs": [{"name": "rabbit"}], "resources": TINY}})
    panko.wait_condition("CollectorReady", status="True", saying="1 of 1 pods")

    notifications = fresh()
    sent = {one["message_id"]: one["event_type"] for one in notifications}
    rabbitmq.notify(notifications)

    def listed() -> bool:
        found = {event["message_id"]: event["event_type"] for event in area.client.cli("event", "list", *ALL)}
        return sent.items() <= found.items()

    until(listed, f"{len(sent)} events of notifications", seconds=60, explain=panko.told)
    (pod,) = panko.pods("collector")
    path = f"/api/v1/namespaces/{area.namespace}/pods/{pod['metadata']['name']}:9778/proxy/metrics"
    assert float(CREATED.findall(cluster.kubectl("get", f"--raw={path}"))[0]) == len(sent)

    panko.patch({"collector": None})
    until(lambda: not panko.pods("collector"), "no pod of the collector", seconds=60, explain=panko.told)
    panko.wait_condition("CollectorReady", status="True", saying="nothing is collected")
